//! A network with its weights as a file for other programs, in memory: who calls writes it.

mod onnx;
mod protobuf;
mod safetensors;

pub use onnx::onnx;
pub use safetensors::safetensors;
pub(crate) use safetensors::{Description, KEY, VERSION};
