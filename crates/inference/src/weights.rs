//! The numbers of a network by name.

use std::collections::BTreeMap;

use crate::InferenceError;

/// Tensors of 32-bit floats by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weights(BTreeMap<String, (Vec<usize>, Vec<f32>)>);

impl Weights {
    /// Adds a tensor, rows first.
    ///
    /// # Errors
    /// When the numbers do not fill the shape.
    pub fn insert(&mut self, name: &str, shape: &[usize], values: Vec<f32>) -> Result<(), InferenceError> {
        if shape.iter().product::<usize>() != values.len() {
            return Err(InferenceError::Weight {
                name: name.to_owned(),
                problem: format!("{} numbers for the shape {shape:?}", values.len()),
            });
        }
        self.0.insert(name.to_owned(), (shape.to_vec(), values));
        Ok(())
    }

    /// The tensor of this name, which must have this shape and hold finite numbers.
    pub(crate) fn get(&self, name: &str, shape: &[usize]) -> Result<&[f32], InferenceError> {
        let wrong = |problem: String| InferenceError::Weight { name: name.to_owned(), problem };
        let (found, values) = self.0.get(name).ok_or_else(|| wrong("is missing".into()))?;
        if found != shape {
            return Err(wrong(format!("has the shape {found:?}, not {shape:?}")));
        }
        match values.iter().find(|value| !value.is_finite()) {
            Some(value) => Err(wrong(format!("holds {value}"))),
            None => Ok(values),
        }
    }

    /// Names of what is there, in their order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
