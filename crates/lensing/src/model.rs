//! A lens read from JSON: a list of components, in this program's names or lenstronomy's.
//! `docs/lens-model.md` is the reference of what may stand in it. Reading the file is left
//! to the caller.

mod component;
mod fields;
mod place;

use serde_json::{Map, Value};

use crate::{composite::Composite, hessian::Hessian, mass::Mass};
use component::Made;
use fields::Fields;
use place::Distances;

/// What is wrong with a model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// It is not JSON.
    #[error("line {line}, column {column}: {problem} (numbers must be finite; JSON has no NaN)")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the parser says.
        problem: String,
    },
    /// It is JSON of another shape.
    #[error(
        "{problem}; give a list of components such as [{{\"type\": \"sie\", \"theta_e\": 2, \"q\": 0.8}}]"
    )]
    Shape {
        /// What was found.
        problem: String,
    },
    /// One field of a component is wrong.
    #[error("components[{index}] ({kind}), field `{field}`: {problem}")]
    Field {
        /// Which component, from 0.
        index: usize,
        /// Its type.
        kind: String,
        /// The field.
        field: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A type that is not among this program's profiles.
    #[error("components[{index}]: type `{kind}` {reason}; there are {}", component::KINDS.join(", "))]
    Kind {
        /// Which component, from 0.
        index: usize,
        /// Its type, as given.
        kind: String,
        /// Why it is refused.
        reason: &'static str,
    },
}

/// A lens made of components.
#[derive(Debug, Default)]
pub struct LensModel {
    mass: Composite,
    kinds: Vec<&'static str>,
}

impl LensModel {
    /// Reads a model.
    ///
    /// # Errors
    /// When the text is not JSON, has another shape, or a component has an unknown type, an unknown,
    /// missing or doubled field, or a value out of its range.
    pub fn from_json(text: &str) -> Result<Self, ModelError> {
        let value = serde_json::from_str(text).map_err(|error| ModelError::Json {
            line: error.line(),
            column: error.column(),
            problem: error.to_string().split(" at line").next().unwrap_or_default().to_owned(),
        })?;
        Self::from_value(&value)
    }

    /// Reads a model that is parsed already.
    ///
    /// # Errors
    /// As [`LensModel::from_json`].
    pub fn from_value(value: &Value) -> Result<Self, ModelError> {
        match value {
            Value::Array(list) => Self::of(list, &Distances::default()),
            Value::Object(map) if map.contains_key("type") => {
                Self::of(std::slice::from_ref(value), &Distances::default())
            }
            Value::Object(map) => Self::of_object(map),
            other => Err(shape(format!("the model is {}", fields::what(other)))),
        }
    }

    fn of_object(map: &Map<String, Value>) -> Result<Self, ModelError> {
        const NAMES: [&str; 2] = ["models", "lens_model_list"];
        const NUMBERS: [&str; 2] = ["kwargs", "kwargs_lens"];
        const KNOWN: [&str; 6] = ["components", "z_lens", "z_source", "cosmology", "name", "note"];
        let known = |key: &&String| KNOWN.iter().chain(&NAMES).chain(&NUMBERS).any(|k| k == key);
        if let Some(key) = map.keys().find(|key| !known(key)) {
            return Err(shape(format!("the key `{key}` is not known beside `components`")));
        }
        let shared = Distances::shared(map)?;
        let find = |keys: &[&str]| keys.iter().find_map(|key| map.get(*key));
        if let Some(components) = map.get("components") {
            if let Some(key) = NAMES.iter().chain(&NUMBERS).find(|key| map.contains_key(**key)) {
                return Err(shape(format!("`components` and `{key}` both name the lens; keep one")));
            }
            let list = components.as_array().ok_or_else(|| {
                shape(format!("`components` is {}, it must be a list", fields::what(components)))
            })?;
            return Self::of(list, &shared);
        }
        let (Some(Value::Array(names)), Some(Value::Array(numbers))) = (find(&NAMES), find(&NUMBERS)) else {
            return Err(shape("the object has neither `components` nor lists `models` and `kwargs`".into()));
        };
        if names.len() != numbers.len() {
            return Err(shape(format!("there are {} models but {} kwargs", names.len(), numbers.len())));
        }
        let pair = |(name, numbers): (&Value, &Value)| serde_json::json!({"type": name, "kwargs": numbers});
        let list: Vec<Value> = names.iter().zip(numbers).map(pair).collect();
        Self::of(&list, &shared)
    }

    fn of(list: &[Value], shared: &Distances) -> Result<Self, ModelError> {
        if list.is_empty() {
            return Err(shape("the list of components is empty".into()));
        }
        let mut model = Self::default();
        for (index, value) in list.iter().enumerate() {
            let mut fields = Fields::new(index, value)?;
            let Made { kind, mass } = component::make(&mut fields, shared)?;
            fields.finish()?;
            model.kinds.push(kind);
            model.mass.push_boxed(mass);
        }
        Ok(model)
    }

    /// The components' types, in their order.
    #[must_use]
    pub fn kinds(&self) -> &[&'static str] {
        &self.kinds
    }
}

fn shape(problem: String) -> ModelError {
    ModelError::Shape { problem }
}

impl Mass for LensModel {
    fn deflection(&self, x: f64, y: f64) -> [f64; 2] {
        self.mass.deflection(x, y)
    }

    fn hessian(&self, x: f64, y: f64) -> Hessian {
        self.mass.hessian(x, y)
    }

    fn potential(&self, x: f64, y: f64) -> f64 {
        self.mass.potential(x, y)
    }

    fn add_deflections(&self, xs: &[f64], ys: &[f64], ax: &mut [f64], ay: &mut [f64]) {
        self.mass.add_deflections(xs, ys, ax, ay);
    }
}
