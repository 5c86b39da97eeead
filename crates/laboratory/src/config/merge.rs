//! Settings over settings: a pool over the usual pool, `--set` over the file, a cell
//! of a sweep over both.

use toml::{Table, Value};

/// Puts `changes` over `into`, table by table; a table under another `name` of a method or strategy
/// brings its own settings.
pub fn merge(into: &mut Table, changes: Table) {
    for (key, change) in changes {
        match (into.get_mut(&key), change) {
            (Some(Value::Table(inner)), Value::Table(change)) => {
                let renamed = matches!(
                    (inner.get("name"), change.get("name")),
                    (Some(was), Some(name)) if was != name
                );
                if renamed {
                    *inner = change;
                } else {
                    merge(inner, change);
                }
            }
            (_, change) => {
                into.insert(key, change);
            }
        }
    }
}

/// Puts `value` where the dotted `path` leads; tables on the way are made. An entry of a list is named
/// by its number or its `name`.
///
/// # Errors
/// A sentence on the part of the path that leads nowhere.
pub fn put(table: &mut Table, path: &str, value: Value) -> Result<(), String> {
    let mut parts = path.split('.').map(str::trim).peekable();
    let Some(first) = parts.next().filter(|part| !part.is_empty()) else {
        return Err("the key is empty; write KEY=VALUE, such as votes=2000".to_owned());
    };
    let mut key = first;
    let mut place = table;
    loop {
        let Some(next) = parts.next() else {
            place.insert(key.to_owned(), value);
            return Ok(());
        };
        if next.is_empty() {
            return Err(format!("`{path}` has an empty part"));
        }
        let inner = place.entry(key.to_owned()).or_insert_with(|| Value::Table(Table::new()));
        match inner {
            Value::Table(inner) => {
                place = inner;
                key = next;
            }
            Value::Array(entries) => {
                let names: Vec<String> = entries.iter().filter_map(name).map(str::to_owned).collect();
                let at = names.iter().position(|name| name == next).or_else(|| next.parse().ok());
                let Some(Value::Table(entry)) = at.and_then(|at| entries.get_mut(at)) else {
                    return Err(format!("`{key}` has no entry `{next}`; there are: {}", names.join(", ")));
                };
                let Some(after) = parts.next() else {
                    return Err(format!("`{path}` is a whole entry; name a key of it"));
                };
                place = entry;
                key = after;
            }
            // `strategy = "greedy"` stands for `strategy = { name = "greedy" }`.
            Value::String(_) if key == "strategy" => {
                let named = std::mem::replace(inner, Value::Table(Table::new()));
                let Value::Table(inner) = inner else { return Err(format!("`{key}` is no table")) };
                inner.insert("name".to_owned(), named);
                place = inner;
                key = next;
            }
            _ => return Err(format!("`{key}` in `{path}` is a value and has no keys of its own")),
        }
    }
}

/// What stands right of `=`: TOML, or else a word.
#[must_use]
pub fn value_of(text: &str) -> Value {
    let line = format!("value = {text}");
    toml::from_str::<Table>(&line)
        .ok()
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

fn name(entry: &Value) -> Option<&str> {
    entry.get("name")?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        toml::from_str(text).expect("TOML")
    }

    #[test]
    fn a_dotted_key_reaches_tables_and_entries_of_lists() {
        let mut all = table("votes = 1\n[[policies]]\nname = 'greedy'\nstrategy = 'greedy'\n");
        put(&mut all, "votes", value_of("2000")).expect("a key");
        put(&mut all, "pool.cutouts", value_of("50")).expect("a new table");
        put(&mut all, "policies.greedy.head", value_of("off")).expect("an entry by name");
        put(&mut all, "policies.0.strategy.beta", value_of("2.0")).expect("a strategy's setting");
        let expected = table(
            "votes = 2000\npool = { cutouts = 50 }\n[[policies]]\nname = 'greedy'\nhead = 'off'\nstrategy = { name = 'greedy', beta = 2.0 }\n",
        );
        assert_eq!(all, expected);
    }

    #[test]
    fn a_path_that_leads_nowhere_is_refused() {
        let mut all = table("votes = 1\n[[policies]]\nname = 'greedy'\n");
        assert!(put(&mut all, "policies.gredy.head", value_of("off")).expect_err("none").contains("greedy"));
        assert!(put(&mut all, "votes.more", value_of("1")).is_err());
        assert!(put(&mut all, "", value_of("1")).is_err());
    }

    #[test]
    fn another_strategy_brings_its_own_settings() {
        let mut all = table("strategy = { name = 'power_bald', beta = 2.0 }\ntraining = { epochs = 3 }\n");
        merge(&mut all, table("strategy = { name = 'greedy' }\ntraining = { batch_size = 8 }\n"));
        let expected = table("strategy = { name = 'greedy' }\ntraining = { epochs = 3, batch_size = 8 }\n");
        assert_eq!(all, expected);
    }
}
