//! Names for models: what an alias points at, the way back, and models that are not what they were.

use std::{fs, path::Path};

use domain::{Silent, Timestamp};
use finder::{
    DeviceChoice, FinderError, Model, Registry, RegistryError,
    registry::{Kind, Note},
    train,
};

use crate::request;

/// Three versions of a model: `1`, `2` and `3`.
fn models(dir: &Path) -> Registry {
    for seed in 1..=3 {
        let mut request = request(&dir.join(format!("models/net/{seed}")));
        request.config.epochs = 1;
        request.config.seed = seed;
        train(&request, DeviceChoice::Flex, &Silent).expect("painted images train");
    }
    Registry::open(&dir.join("models"))
}

fn note(why: &str) -> Note {
    Note { who: "Mira".into(), why: why.into(), at: Timestamp::default() }
}

fn champion(registry: &Registry) -> String {
    registry.book("net").expect("the book reads").aliases["champion"].version.clone()
}

#[test]
fn a_champion_comes_and_goes_with_its_history() {
    let dir = tempfile::tempdir().unwrap();
    let registry = models(dir.path());
    registry.promote("net", "1", note("the first")).unwrap();
    registry.set("net", "challenger", "2", note("trained today")).unwrap();
    registry.set("net", "paper", "1", note("as submitted")).unwrap();
    registry.promote("net", "2", note("better on people's labels")).unwrap();
    // Once more is nothing more.
    registry.promote("net", "2", note("again")).unwrap();
    registry.promote("net", "3", note("better still")).unwrap();

    let versions = registry.versions("net").unwrap();
    let aliases: Vec<_> = versions.iter().map(|version| version.aliases.join(",")).collect();
    assert_eq!(aliases, ["paper", "", "champion"]);
    assert_eq!(registry.names().unwrap(), ["net"]);
    let dir_of = registry.resolve("net@champion").unwrap().unwrap();
    let digest = Model::load(&dir_of, DeviceChoice::Flex).unwrap().digest();
    assert_eq!(versions[2].digest, Ok(digest));
    assert_eq!(registry.resolve("net/1").unwrap().unwrap(), dir.path().join("models/net/1"));
    assert_eq!(registry.resolve("somewhere").unwrap(), None);

    // Back, and further back; there is nothing before the first.
    assert_eq!(registry.roll_back("net", note("too many rings")).unwrap(), "2");
    assert_eq!(registry.roll_back("net", note("and here too")).unwrap(), "1");
    let error = registry.roll_back("net", note("further")).unwrap_err();
    assert!(matches!(error, RegistryError::NothingBefore { .. }), "{error}");
    assert_eq!(champion(&registry), "1");
    registry.promote("net", "3", note("mended")).unwrap();
    assert_eq!(registry.roll_back("net", note("not mended")).unwrap(), "1");

    let history = registry.book("net").unwrap().history;
    let moves: Vec<_> = history.iter().filter(|entry| entry.alias == "champion").map(|e| e.kind).collect();
    use Kind::{Promote, RollBack};
    assert_eq!(moves, [Promote, Promote, Promote, RollBack, RollBack, Promote, RollBack]);
    let removed = history.iter().find(|entry| entry.kind == Kind::Remove).unwrap();
    assert_eq!((removed.alias.as_str(), removed.to.as_ref()), ("challenger", None));
    assert_eq!((history[1].who.as_str(), history[1].why.as_str()), ("Mira", "trained today"));
    registry.remove("net", "paper", note("published")).unwrap();
    assert!(registry.remove("net", "paper", note("published")).is_err());
    assert!(registry.remove("net", "champion", note("none")).is_err());
}

#[test]
fn a_damaged_or_replaced_model_gets_no_alias_and_keeps_none() {
    let dir = tempfile::tempdir().unwrap();
    let registry = models(dir.path());
    let folder = dir.path().join("models/net");
    registry.promote("net", "1", note("")).unwrap();
    registry.promote("net", "2", note("")).unwrap();

    let weights = folder.join("3/weights.bpk");
    let mut bytes = fs::read(&weights).unwrap();
    bytes[1000] ^= 1;
    fs::write(&weights, bytes).unwrap();
    let error = registry.promote("net", "3", note("")).unwrap_err().to_string();
    assert!(error.contains("weights.bpk") && error.contains("digest"), "{error}");
    assert!(registry.versions("net").unwrap()[2].digest.is_err());
    assert_eq!(champion(&registry), "2");

    // Another model, whole, under the version's name.
    fs::remove_dir_all(folder.join("1")).unwrap();
    fs::rename(folder.join("2"), folder.join("1")).unwrap();
    fs::create_dir(folder.join("2")).unwrap();
    let error = registry.roll_back("net", note("")).unwrap_err();
    assert!(matches!(error, RegistryError::Changed { .. }), "{error}");
    let error = registry.resolve("net@champion").unwrap_err();
    assert!(matches!(&error, RegistryError::Finder(FinderError::MissingFile { .. })), "{error}");
}

#[test]
fn names_that_cannot_be_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::open(&dir.path().join("models"));
    assert!(registry.names().unwrap().is_empty());
    fs::create_dir_all(dir.path().join("models/net/1")).unwrap();
    for (name, version) in [("..", "1"), ("net", "../net/1"), ("net", ""), ("a/b", "1"), ("other", "1")] {
        let error = registry.promote(name, version, note("")).unwrap_err();
        assert!(!matches!(error, RegistryError::Finder(_)), "{name} {version}: {error}");
    }
    assert!(registry.resolve("net@nobody").unwrap_err().to_string().contains("nobody"));
    // Nothing was written for what is not there.
    assert_eq!(fs::read_dir(dir.path().join("models")).unwrap().count(), 1);
}

#[test]
fn a_book_of_another_version_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let registry = models(dir.path());
    let path = dir.path().join("models/net.aliases.json");
    for (text, words) in [("{\"schema_version\": 7}", "schema version 7"), ("{", "net.aliases.json")] {
        fs::write(&path, text).unwrap();
        let error = registry.promote("net", "1", note("")).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}
