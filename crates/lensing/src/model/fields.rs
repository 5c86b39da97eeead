//! The fields of one component of a model: looked up by any of their names whatever the
//! case, each at most once, and none left over.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ModelError, shape};
use crate::parameter::ParameterError;

/// Keys that carry no number and are always allowed.
const LABELS: [&str; 2] = ["name", "note"];

/// What a component of a model says.
pub struct Fields {
    index: usize,
    kind: String,
    /// Lower-case key to key as written and value.
    values: BTreeMap<String, (String, Value)>,
    /// First name of each field asked for, and the key it was found under.
    asked: Vec<(&'static str, Option<String>)>,
}

impl Fields {
    /// Takes a component apart: `{"type": …, fields…}` or `{"type": …, "kwargs": {fields…}}`.
    pub fn new(index: usize, value: &Value) -> Result<Self, ModelError> {
        let map = value
            .as_object()
            .ok_or_else(|| shape(format!("components[{index}] is {}, not an object", what(value))))?;
        let kind = match map.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            Some(other) => {
                return Err(shape(format!("components[{index}].type is {}, not a name", what(other))));
            }
            None => return Err(shape(format!("components[{index}] has no `type`"))),
        };
        let mut fields = Self { index, kind, values: BTreeMap::new(), asked: Vec::new() };
        for (key, value) in map {
            match (key.as_str(), value) {
                ("type", _) => {}
                ("kwargs", Value::Object(inner)) => {
                    for (key, value) in inner {
                        fields.insert(key, value)?;
                    }
                }
                _ => fields.insert(key, value)?,
            }
        }
        Ok(fields)
    }

    fn insert(&mut self, key: &str, value: &Value) -> Result<(), ModelError> {
        match self.values.insert(key.to_lowercase(), (key.to_owned(), value.clone())) {
            None => Ok(()),
            Some((before, _)) => Err(self.wrong(key, format!("is given twice, also as `{before}`"))),
        }
    }

    /// Which component this is.
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Its type as written.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Whether a field of this name was given.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The field under any of these lower-case names, the usual one first.
    pub fn value(&mut self, names: &[&'static str]) -> Result<Option<Value>, ModelError> {
        let mut found = names.iter().filter(|name| self.values.contains_key(**name));
        let first = found.next().copied();
        if let (Some(first), Some(second)) = (first, found.next()) {
            return Err(self.wrong(first, format!("means the same as `{second}`, give one of them")));
        }
        let entry = first.and_then(|name| self.values.remove(name));
        self.asked.push((names[0], entry.as_ref().map(|(key, _)| key.clone())));
        Ok(entry.map(|(_, value)| value))
    }

    /// The number under any of these names.
    pub fn number(&mut self, names: &[&'static str]) -> Result<Option<f64>, ModelError> {
        match self.value(names)? {
            None => Ok(None),
            Some(value) => value
                .as_f64()
                .filter(|number| number.is_finite())
                .map(Some)
                .ok_or_else(|| self.wrong(names[0], format!("is {}, it must be a number", what(&value)))),
        }
    }

    /// The number under any of these names, which must be there.
    pub fn required(&mut self, names: &[&'static str], meaning: &str) -> Result<f64, ModelError> {
        self.number(names)?.ok_or_else(|| self.wrong(names[0], format!("is missing: {meaning}")))
    }

    /// An error at a field, which is named as it was written.
    pub fn wrong(&self, field: &str, problem: String) -> ModelError {
        let written = self.asked.iter().rev().find(|(name, key)| *name == field && key.is_some());
        let field = written.and_then(|(_, key)| key.clone()).unwrap_or_else(|| field.to_owned());
        ModelError::Field { index: self.index, kind: self.kind.clone(), field, problem }
    }

    /// A profile's complaint about a parameter, as an error at its field.
    pub fn refused(&self, error: &ParameterError) -> ModelError {
        let field = match error.name {
            "theta_e_arcsec" => self.strength_key(),
            "core_arcsec" => "core",
            "cut_arcsec" => "cut",
            "scale_arcsec" => "r_s",
            "alpha_scale_arcsec" => "alpha_rs",
            "centre_x_arcsec" | "origin_x_arcsec" => "x",
            "centre_y_arcsec" | "origin_y_arcsec" => "y",
            "phi_rad" => "phi_deg",
            "h0_km_s_mpc" => "cosmology.h0",
            "omega_m" => "cosmology.omega_m",
            name => name,
        };
        let remedy = match error.name {
            "q" => " (minor over major axis)",
            "z_source" => " (the source must lie behind the lens)",
            "cut_arcsec" => " (the cut must lie beyond the core)",
            _ => "",
        };
        let (value, low, high) = (error.value, error.low, error.high);
        self.wrong(field, format!("is {value}, it must lie between {low} and {high}{remedy}"))
    }

    /// The field that said how strong the lens is.
    fn strength_key(&self) -> &'static str {
        let given = |key: &&(&'static str, Option<String>)| {
            ["theta_e", "sigma0", "alpha_1", "sigma_km_s", "sigma_lenstool_km_s"].contains(&key.0)
                && key.1.is_some()
        };
        self.asked.iter().find(given).map_or("theta_e", |(name, _)| name)
    }

    /// Refuses what nobody asked for.
    pub fn finish(self) -> Result<(), ModelError> {
        match self.values.iter().find(|(key, _)| !LABELS.contains(&key.as_str())) {
            None => Ok(()),
            Some((_, (key, _))) => {
                let mut known: Vec<&str> = self.asked.iter().map(|(name, _)| *name).collect();
                known.sort_unstable();
                known.dedup();
                Err(self.wrong(key, format!("is not known here; there are {}", known.join(", "))))
            }
        }
    }
}

/// A JSON value in a word or two.
pub fn what(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "true or false".into(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {text:?}"),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    }
}
