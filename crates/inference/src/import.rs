//! Files of other programs, or of [`crate::export`], to a network with its weights.

use ::safetensors::{Dtype, SafeTensors};
use serde_json::Value;

use crate::{
    InferenceError, Network, Weights,
    export::{Description, KEY, VERSION},
};

/// The network and weights of a safetensors file that [`crate::export::safetensors`] made, or another program in
/// the same form: 32-bit floats by name, the layers as JSON under the metadata's key `lensfinder`.
///
/// # Errors
/// When the bytes are no such file, of another version, the network cannot be run, or a weight is missing, too many,
/// of another shape or type, or not finite.
pub fn safetensors(bytes: &[u8]) -> Result<(Network, Weights), InferenceError> {
    let wrong = |problem: String| InferenceError::File(problem);
    let damaged = |error: ::safetensors::SafeTensorError| wrong(format!("not safetensors ({error})"));
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let description = metadata.metadata().as_ref().and_then(|entries| entries.get(KEY));
    let description = description.ok_or_else(|| wrong(format!("its metadata have no {KEY:?}")))?;
    let network = describe(description)?;
    let parameters = network.parameters()?;
    let mut weights = Weights::default();
    for (name, _) in &parameters {
        let missing = |problem: String| InferenceError::Weight { name: name.clone(), problem };
        let tensor = tensors.tensor(name).map_err(|_| missing("is missing".into()))?;
        if tensor.dtype() != Dtype::F32 {
            return Err(missing(format!("is {:?}, not F32", tensor.dtype())));
        }
        let numbers = tensor.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
        weights.insert(name, tensor.shape(), numbers.collect())?;
    }
    for (name, shape) in &parameters {
        weights.get(name, shape)?;
    }
    if let Some(extra) =
        tensors.names().into_iter().filter(|name| !weights.names().any(|has| has == *name)).min()
    {
        let problem = "belongs to no layer of the network".to_owned();
        return Err(InferenceError::Weight { name: extra.to_owned(), problem });
    }
    Ok((network, weights))
}

/// Reads the version before the rest, which another version may have otherwise.
fn describe(description: &str) -> Result<Network, InferenceError> {
    let wrong = |problem: String| InferenceError::File(problem);
    let value: Value =
        serde_json::from_str(description).map_err(|e| wrong(format!("its description is no JSON ({e})")))?;
    match value.get("version").and_then(Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => {}
        Some(version) => {
            return Err(wrong(format!(
                "its description has version {version}, this program reads {VERSION}"
            )));
        }
        None => return Err(wrong("its description has no version".into())),
    }
    let description: Description =
        serde_json::from_value(value).map_err(|e| wrong(format!("its description: {e}")))?;
    Ok(description.network)
}
