//! Pages of lists: `?after=<cursor>&limit=1..100` and `{ items, next }`. A cursor is the sort key of
//! the last item, so that nothing is shown twice or left out while a list grows. To clients it is
//! opaque; it holds nothing that is not in the item itself, and is checked like any other input.
//!
//! ```ignore
//! Query(query): Query<PageQuery>          // or `Page::of(query.after, query.limit)?` from a query of one's own
//! let page = query.page::<(i64, Uuid)>()?;
//! let rows = state.store.things(page.after, page.fetch()).await?;   // fetch: one more than is shown
//! etag::json(&headers, &page.list(rows, |row| (row.at, row.id), Thing::of))
//! ```

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::problem::Problem;

/// Items of a page unless the client says otherwise.
const USUAL: u32 = 20;
const MOST: u32 = 100;
/// Characters; no sort key of ours is nearly as long.
const LONGEST_CURSOR: usize = 256;

/// The query of a list without filters.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `next` of the page before; the first page without it.
    #[param(max_length = 256)]
    pub after: Option<String>,
    /// Items at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
}

impl PageQuery {
    /// The checked page of a list sorted by `K`.
    pub fn page<K: DeserializeOwned>(self) -> Result<Page<K>, Problem> {
        Page::of(self.after, self.limit)
    }
}

/// Which part of a list sorted by `K` is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page<K> {
    /// The sort key after which it begins.
    pub after: Option<K>,
    limit: u32,
}

impl<K> Page<K> {
    /// Checks what the client sent.
    pub fn of(after: Option<String>, limit: Option<u32>) -> Result<Self, Problem>
    where
        K: DeserializeOwned,
    {
        let limit = limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::field("limit", "Ask for 1 to 100 items at once."));
        }
        let unknown = || Problem::field("after", "Give the `next` of the page before, or leave it out.");
        let after = after.map(|cursor| decoded(&cursor).ok_or_else(unknown)).transpose()?;
        Ok(Self { after, limit })
    }

    /// How many rows to read: one more than is shown tells whether there is a next page.
    pub const fn fetch(&self) -> u32 {
        self.limit + 1
    }

    /// The page made of up to [`Self::fetch`] rows.
    pub fn list<R, T>(&self, mut rows: Vec<R>, key: impl Fn(&R) -> K, view: impl FnMut(R) -> T) -> List<T>
    where
        K: Serialize,
    {
        let shown = self.limit as usize;
        let more = rows.len() > shown;
        rows.truncate(shown);
        let next = rows.last().filter(|_| more).and_then(|last| encoded(&key(last)));
        List { items: rows.into_iter().map(view).collect(), next }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct List<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// Give it as `after` for the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
}

fn encoded(key: &impl Serialize) -> Option<String> {
    // Sort keys are numbers and ids: writing them cannot fail.
    serde_json::to_vec(key).ok().map(|bytes| Base64UrlUnpadded::encode_string(&bytes))
}

fn decoded<K: DeserializeOwned>(cursor: &str) -> Option<K> {
    if cursor.len() > LONGEST_CURSOR {
        return None;
    }
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(cursor).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;

    fn page(after: Option<&str>, limit: Option<u32>) -> Result<Page<(i64, String)>, Problem> {
        Page::of(after.map(str::to_owned), limit)
    }

    /// The rows that a table of 0..7 gives for a page.
    fn walk(limit: u32) -> Vec<Vec<i64>> {
        let mut after = None;
        let mut pages = Vec::new();
        loop {
            let page = page(after.as_deref(), Some(limit)).expect("a cursor of ours");
            let from = page.after.as_ref().map_or(0, |(last, _)| last + 1);
            let rows = (from..7).take(page.fetch() as usize).collect();
            let list = page.list(rows, |n| (*n, format!("row {n}")), |n| n);
            pages.push(list.items);
            after = list.next;
            if after.is_none() {
                return pages;
            }
        }
    }

    #[test]
    fn pages_hold_every_item_once_and_the_last_says_so() {
        assert_eq!(walk(3), [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
        assert_eq!(walk(7), [vec![0, 1, 2, 3, 4, 5, 6]]);
    }

    #[test]
    fn what_no_list_gave_is_refused() {
        let number = Base64UrlUnpadded::encode_string(b"7");
        let long = "A".repeat(300);
        for cursor in ["", "%%%", "e30", number.as_str(), long.as_str()] {
            let problem = page(Some(cursor), None).expect_err(cursor);
            assert_eq!((problem.code, problem.field.as_deref()), (ProblemCode::InvalidField, Some("after")));
        }
        for limit in [0, 101, u32::MAX] {
            assert_eq!(page(None, Some(limit)).expect_err("a limit").field.as_deref(), Some("limit"));
        }
    }

    #[test]
    fn without_wishes_it_is_the_first_page() {
        let first: Page<i64> = PageQuery::default().page().expect("a page");
        assert_eq!((first.after, first.fetch()), (None, 21));
    }
}
