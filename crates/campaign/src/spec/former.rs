//! Settings of forms before: when votes were weighed in the loop and `retirement` counted votes, and when
//! doubt came from `members` drawn at each selection. Enough is understood to read such a project, and to tell a lead what a setting is called
//! now.

use serde_json::{Value, json};

/// The spec in today's form, and whether it was of the former. What it said of the consensus is
/// dropped but for the method's name: the usual settings stand in its place, for display only.
pub(super) fn upgrade(mut spec: Value) -> (Value, bool) {
    let method = spec["consensus"]["aggregator"].as_str().map(str::to_owned);
    let Some(table) = spec.as_object_mut() else { return (spec, false) };
    let had_rule = table.remove("retirement").is_some();
    let had_members = table.remove("members").is_some();
    if !had_rule && method.is_none() {
        return (spec, had_members);
    }
    let consensus = match method.as_deref() {
        Some(name @ ("majority" | "swap")) => json!({ "method": { "name": name } }),
        _ => json!({}),
    };
    table.insert("consensus".to_owned(), consensus);
    (spec, true)
}

/// What to write instead, if a settings file speaks of what is no more.
pub(super) fn remedy(changes: &Value) -> Option<&'static str> {
    if changes.get("retirement").is_some() {
        return Some(
            "`retirement` is now `[consensus.retirement]` with `min_votes`, `max_votes`, `detect_above` and `reject_below`",
        );
    }
    if changes.get("members").is_some() {
        return Some("`members` is gone: doubt comes from the live head; see `[live]` and its `prior`");
    }
    changes
        .get("consensus")?
        .get("aggregator")
        .map(|_| "`consensus.aggregator` is now `[consensus.method]` with `name` = house, swap or majority")
}

#[cfg(test)]
mod tests {
    use crate::CampaignSpec;

    #[test]
    fn a_project_of_the_former_kind_is_read_and_known_as_such() {
        let mut spec = serde_json::to_value(CampaignSpec::usual(3, "sky", "mocks")).unwrap();
        spec["retirement"] = serde_json::json!({ "min_votes": 3, "max_votes": 6 });
        spec["consensus"] = serde_json::json!({ "aggregator": "swap", "prior": 0.1, "hasty": false });
        spec.as_object_mut().unwrap().remove("reviewed");
        let (read, is_former) = CampaignSpec::stored(spec).unwrap();
        assert!(is_former);
        assert_eq!((read.seed, read.survey.as_str(), read.consensus.method.name()), (3, "sky", "swap"));
        read.check().unwrap();
    }

    #[test]
    fn a_project_whose_doubt_came_from_members_is_read() {
        let mut spec = serde_json::to_value(CampaignSpec::usual(3, "sky", "mocks")).unwrap();
        spec["members"] = 16.into();
        spec.as_object_mut().unwrap().remove("live");
        assert_eq!(CampaignSpec::stored(spec).unwrap(), (CampaignSpec::usual(3, "sky", "mocks"), true));
    }

    #[test]
    fn what_is_of_neither_form_is_refused() {
        let mut spec = serde_json::to_value(CampaignSpec::usual(3, "sky", "mocks")).unwrap();
        spec["colour"] = "blue".into();
        assert!(CampaignSpec::stored(spec).unwrap_err().to_string().contains("colour"));
    }
}
