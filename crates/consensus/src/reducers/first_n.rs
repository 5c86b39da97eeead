//! Whether the first n classifications all say the same yes or no.

/// Whether there are at least `n` results (`n` above 0) and the first `n` are all `wanted`. A
/// missing result (`None`) counts as "false", as where these reducers come from.
#[must_use]
pub fn first_n(results: &[Option<bool>], n: usize, wanted: bool) -> bool {
    n > 0 && results.len() >= n && results[..n].iter().all(|result| result.unwrap_or(false) == wanted)
}
