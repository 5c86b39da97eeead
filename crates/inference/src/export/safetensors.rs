//! One safetensors file: the folded weights by name, and the network's layers as JSON in its metadata.

use std::{borrow::Cow, collections::HashMap};

use ::safetensors::{Dtype, View};
use serde::{Deserialize, Serialize};

use crate::{InferenceError, Network, Weights};

/// What the metadata calls the description. The only key, as a map of several has no order.
pub(crate) const KEY: &str = "lensfinder";

/// Of the description.
pub(crate) const VERSION: u32 = 1;

/// What the metadata hold.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    pub version: u32,
    pub network: Network,
}

struct Tensor<'a> {
    shape: Vec<usize>,
    values: &'a [f32],
}

impl View for Tensor<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(self.values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    fn data_len(&self) -> usize {
        size_of_val(self.values)
    }
}

/// The bytes of a safetensors file that [`crate::import::safetensors`] reads. The same network gives the same bytes;
/// weights the network does not have are left out.
///
/// # Errors
/// When the network cannot be run or a weight is missing, of another shape or not finite.
pub fn safetensors(network: &Network, weights: &Weights) -> Result<Vec<u8>, InferenceError> {
    let mut tensors = Vec::new();
    for (name, shape) in network.parameters()? {
        let values = weights.get(&name, &shape)?;
        tensors.push((name, Tensor { shape, values }));
    }
    let wrong = |problem: String| InferenceError::File(problem);
    let description = Description { version: VERSION, network: network.clone() };
    let description = serde_json::to_string(&description).map_err(|e| wrong(e.to_string()))?;
    let metadata = HashMap::from([(KEY.to_owned(), description)]);
    ::safetensors::serialize(tensors, Some(metadata)).map_err(|e| wrong(e.to_string()))
}
