//! The numbers of a network by name, and their file: safetensors, with the network in its metadata.

use std::collections::{BTreeMap, HashMap};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use crate::{InferenceError, Network};

/// Where the file says what the network is.
const NETWORK: &str = "lensfinder.network";

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

    /// The bytes of a safetensors file with these and the network.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn to_bytes(&self, network: &Network) -> Result<Vec<u8>, InferenceError> {
        let failed = |error: &dyn std::fmt::Display| InferenceError::File(error.to_string());
        let network = serde_json::to_string(network).map_err(|e| failed(&e))?;
        let bytes: Vec<Vec<u8>> = self
            .0
            .values()
            .map(|(_, values)| values.iter().flat_map(|v| v.to_le_bytes()).collect())
            .collect();
        let views = self.0.iter().zip(&bytes).map(|((name, (shape, _)), bytes)| {
            Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes).map_err(|e| failed(&e))?))
        });
        let views = views.collect::<Result<Vec<_>, InferenceError>>()?;
        let metadata = HashMap::from([(NETWORK.to_owned(), network)]);
        safetensors::serialize(views, Some(metadata)).map_err(|e| failed(&e))
    }

    /// A network and its weights from such a file.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Network, Self), InferenceError> {
        let failed = |error: &dyn std::fmt::Display| InferenceError::File(error.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| failed(&e))?;
        let network = header.metadata().as_ref().and_then(|metadata| metadata.get(NETWORK));
        let network = network.ok_or_else(|| failed(&format!("its metadata has no {NETWORK}")))?;
        let network = serde_json::from_str(network).map_err(|e| failed(&e))?;
        let file = SafeTensors::deserialize(bytes).map_err(|e| failed(&e))?;
        let mut weights = Self::default();
        for (name, view) in file.tensors() {
            if view.dtype() != Dtype::F32 {
                let problem = format!("is {:?}; only F32 is read", view.dtype());
                return Err(InferenceError::Weight { name, problem });
            }
            let words = view.data().as_chunks::<4>().0;
            let values = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
            weights.insert(&name, view.shape(), values)?;
        }
        Ok((network, weights))
    }
}
