//! An ONNX file: bytes of tiles in, logits, embeddings and maps out, everything in between written as operators of
//! opset 17. Field numbers are those of `onnx.proto`.

use super::protobuf::Message;
use crate::{InferenceError, Layer, Network, Weights};

/// Of the file format; 8 came with opset 17.
const IR_VERSION: u64 = 8;
const OPSET: u64 = 17;

/// Types of numbers.
const FLOAT: u64 = 1;
const UINT8: u64 = 2;
const INT64: u64 = 7;

/// An attribute's value.
enum Attribute<'a> {
    Int(u64),
    Ints(&'a [usize]),
}

#[derive(Default)]
struct Graph {
    message: Message,
}

impl Graph {
    /// Adds an operator; its output has the operator's name.
    fn node(&mut self, operator: &str, name: &str, inputs: &[&str], attributes: &[(&str, Attribute<'_>)]) {
        let mut node = Message::default();
        for input in inputs {
            node = node.text(1, input);
        }
        node = node.text(2, name).text(3, name).text(4, operator);
        for (key, value) in attributes {
            let attribute = Message::default().text(1, key);
            let attribute = match value {
                Attribute::Int(value) => attribute.int(3, *value).int(20, 2),
                Attribute::Ints(values) => {
                    values.iter().fold(attribute, |message, value| message.int(8, *value as u64)).int(20, 7)
                }
            };
            node = node.message(5, &attribute);
        }
        self.add(1, &node);
    }

    fn tensor(&mut self, name: &str, shape: &[usize], kind: u64, raw: &[u8]) {
        let tensor = shape.iter().fold(Message::default(), |message, size| message.int(1, *size as u64));
        self.add(5, &tensor.int(2, kind).text(8, name).bytes(9, raw));
    }

    fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(name, shape, FLOAT, &raw);
    }

    /// `Reshape`: 0 keeps a size, −1 takes what is left.
    fn reshape(&mut self, name: &str, input: &str, shape: &[i64]) {
        let raw: Vec<u8> = shape.iter().flat_map(|size| size.to_le_bytes()).collect();
        let constant = format!("{name}.shape");
        self.tensor(&constant, &[shape.len()], INT64, &raw);
        self.node("Reshape", name, &[input, &constant], &[]);
    }

    /// An input (field 11) or output (12) whose first size is the number of tiles.
    fn value(&mut self, field: u64, name: &str, kind: u64, shape: &[usize]) {
        let dimension = |size: Message| Message::default().message(1, &size);
        let tiles = dimension(Message::default().text(2, "tiles"));
        let dimensions = shape.iter().fold(tiles, |mut all, size| {
            all.0.extend(dimension(Message::default().int(1, *size as u64)).0);
            all
        });
        let kind = Message::default().message(1, &Message::default().int(1, kind).message(2, &dimensions));
        self.add(field, &Message::default().text(1, name).message(2, &kind));
    }

    fn add(&mut self, field: u64, message: &Message) {
        self.message = std::mem::take(&mut self.message).message(field, message);
    }
}

/// The bytes of an ONNX file of the network. Input `tiles`: bytes `[tiles, side, side, 3]`; outputs `logit` `[tiles]`,
/// `embedding` `[tiles, channels]`, `map` `[tiles, side, side]` of [`crate::Outputs`], in 32-bit floats.
///
/// # Errors
/// When the network cannot be run or a weight is missing, of another shape or not finite.
pub fn onnx(network: &Network, weights: &Weights) -> Result<Vec<u8>, InferenceError> {
    let shapes = network.shapes()?;
    let mut graph = Graph::default();
    graph.message = std::mem::take(&mut graph.message).text(2, "lensfinder");
    let mut values = vec![input(&mut graph, network, shapes[0].side)];
    for (index, layer) in network.layers.iter().enumerate() {
        let value = match layer {
            Layer::Conv { name, from, add, kernel, stride, out, relu } => {
                let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
                let shape = [*out, shapes[*from].channels, *kernel, *kernel];
                graph.floats(&weight, &shape, weights.get(&weight, &shape)?);
                graph.floats(&bias, &[*out], weights.get(&bias, &[*out])?);
                let mut value = format!("{name}.conv");
                let attributes = [
                    ("kernel_shape", Attribute::Ints(&[*kernel; 2])),
                    ("pads", Attribute::Ints(&[kernel / 2; 4])),
                    ("strides", Attribute::Ints(&[*stride; 2])),
                ];
                graph.node("Conv", &value, &[&values[*from], &weight, &bias], &attributes);
                if let Some(add) = add {
                    let sum = format!("{name}.sum");
                    graph.node("Add", &sum, &[&value, &values[*add]], &[]);
                    value = sum;
                }
                if *relu {
                    let active = format!("{name}.relu");
                    graph.node("Relu", &active, &[&value], &[]);
                    value = active;
                }
                value
            }
            Layer::MaxPool { from } => {
                let name = format!("pool{}", index + 1);
                let attributes = [
                    ("kernel_shape", Attribute::Ints(&[3; 2])),
                    ("pads", Attribute::Ints(&[1; 4])),
                    ("strides", Attribute::Ints(&[2; 2])),
                ];
                graph.node("MaxPool", &name, &[&values[*from]], &attributes);
                name
            }
        };
        values.push(value);
    }
    let last = shapes[shapes.len() - 1];
    pool(&mut graph, network, weights, &values[values.len() - 1], last.channels, last.side)?;
    graph.value(11, "tiles", UINT8, &[network.input.side, network.input.side, 3]);
    graph.value(12, "logit", FLOAT, &[]);
    graph.value(12, "embedding", FLOAT, &[last.channels]);
    graph.value(12, "map", FLOAT, &[last.side, last.side]);
    let opset = Message::default().text(1, "").int(2, OPSET);
    let file = Message::default().int(1, IR_VERSION).text(2, "lensfinder").text(3, env!("CARGO_PKG_VERSION"));
    Ok(file.message(7, &graph.message).message(8, &opset).0)
}

/// Bytes to value 0; returns its name.
fn input(graph: &mut Graph, network: &Network, side: usize) -> String {
    let block = network.input.block;
    graph.floats("offset", &[], &[network.input.offset]);
    graph.floats("scale", &[], &[network.input.scale]);
    graph.node("Cast", "bytes", &["tiles"], &[("to", Attribute::Int(FLOAT))]);
    graph.node("Sub", "centred", &["bytes", "offset"], &[]);
    graph.node("Div", "scaled", &["centred", "scale"], &[]);
    if block == 1 {
        graph.node("Transpose", "input", &["scaled"], &[("perm", Attribute::Ints(&[0, 3, 1, 2]))]);
    } else {
        let (side, block) = (side as i64, block as i64);
        graph.reshape("blocks", "scaled", &[0, side, block, side, block, 3]);
        graph.node("Transpose", "folded", &["blocks"], &[("perm", Attribute::Ints(&[0, 2, 4, 5, 1, 3]))]);
        graph.reshape("input", "folded", &[0, 3 * block * block, side, side]);
    }
    "input".to_owned()
}

/// The last value to the outputs.
fn pool(
    graph: &mut Graph,
    network: &Network,
    weights: &Weights,
    last: &str,
    channels: usize,
    side: usize,
) -> Result<(), InferenceError> {
    let cells = (side * side) as i64;
    graph.floats("head.weight", &[1, channels], weights.get("head.weight", &[1, channels])?);
    graph.floats("head.bias", &[1], weights.get("head.bias", &[1])?);
    graph.reshape("head.places", "head.weight", &[1, channels as i64, 1, 1]);
    graph.node(
        "Conv",
        "said",
        &[last, "head.places", "head.bias"],
        &[("kernel_shape", Attribute::Ints(&[1; 2]))],
    );
    graph.reshape("map", "said", &[0, side as i64, side as i64]);
    if network.pooling_sharpness > 0.0 {
        graph.floats("sharpness", &[], &[network.pooling_sharpness]);
        graph.reshape("places", "said", &[0, cells, 1]);
        graph.node("Mul", "sharp", &["places", "sharpness"], &[]);
        graph.node("Softmax", "shares", &["sharp"], &[("axis", Attribute::Int(1))]);
        graph.reshape("channels", last, &[0, channels as i64, cells]);
        graph.node("MatMul", "mean", &["channels", "shares"], &[]);
    } else {
        graph.node("GlobalAveragePool", "mean", &[last], &[]);
    }
    graph.reshape("embedding", "mean", &[0, channels as i64]);
    let transposed = [("transB", Attribute::Int(1))];
    graph.node("Gemm", "score", &["embedding", "head.weight", "head.bias"], &transposed);
    graph.reshape("logit", "score", &[-1]);
    Ok(())
}
