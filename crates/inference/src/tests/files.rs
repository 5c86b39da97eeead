//! A network that was exported is the same network; what is no network is refused by name.

use std::collections::BTreeSet;

use super::{Dice, conv, weights};
use crate::{Engine, Input, Kernel, Layer, Network, Weights, export, import};

fn network(block: usize, pooling_sharpness: f32) -> Network {
    let input = Input { side: 24, block, offset: 44.1, scale: 32.7 };
    let layers = vec![
        conv("stem", 0, None, 3, 1, 20),
        Layer::MaxPool { from: 1 },
        conv("first", 2, None, 3, 1, 20),
        conv("second", 3, Some(2), 5, 2, 20),
    ];
    let mut network = Network { input, layers, pooling_sharpness };
    if let Layer::Conv { add, .. } = &mut network.layers[3] {
        *add = None;
    }
    network
}

#[test]
fn a_file_brings_back_network_and_weights_to_the_bit() {
    for (block, sharpness) in [(1, 0.0), (4, 0.7)] {
        let network = network(block, sharpness);
        let mut dice = Dice(5);
        let (_, weights) = weights(&network, &mut dice);
        let bytes = export::safetensors(&network, &weights).unwrap();
        assert_eq!(bytes, export::safetensors(&network, &weights).unwrap());
        let (network_back, weights_back) = import::safetensors(&bytes).unwrap();
        assert_eq!((&network_back, &weights_back), (&network, &weights));
        let tiles: Vec<u8> = (0..3 * network.tile_bytes()).map(|_| dice.next() as u8).collect();
        let run = |network: Network, weights: &Weights| {
            Engine::new(network, weights, Kernel::Portable).unwrap().run(&tiles).unwrap()
        };
        assert_eq!(run(network, &weights), run(network_back, &weights_back));
    }
}

#[test]
fn files_that_hold_no_network_are_refused_by_what_is_wrong() {
    let network = network(4, 0.0);
    let (_, weights) = weights(&network, &mut Dice(5));
    let bytes = export::safetensors(&network, &weights).unwrap();
    let refused = |bytes: &[u8], says: &str| {
        let error = import::safetensors(bytes).expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
    };
    for cut in [0, 4, 40, bytes.len() - 1] {
        refused(&bytes[..cut], "not safetensors");
    }
    // Of the same length, so that the header's length stays right.
    let with = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let mut changed = bytes.clone();
        let at = changed.windows(from.len()).position(|part| part == from.as_bytes()).expect("it is there");
        changed[at..at + to.len()].copy_from_slice(to.as_bytes());
        changed
    };
    refused(&with("lensfinder", "lensf1nder"), "its metadata have no \"lensfinder\"");
    refused(&with(r#"version\":1"#, r#"version\":7"#), "version 7, this program reads 1");
    refused(&with(r#"version\":1"#, r#"versions\":"#), "no JSON");
    refused(&with("\\\"stride\\\"", "\\\"strode\\\""), "strode");
    refused(&with("\\\"scale\\\":3", "\\\"scale\\\":-"), "scale -2.7");
    refused(&with("stem.weight", "stom.weight"), "weight stem.weight: is missing");
    refused(&with("\"F32\"", "\"I32\""), "not F32");
    refused(&with(r#"name\":\"stem"#, r#"name\":\"stom"#), "weight stom.weight: is missing");
    refused(&with("[20]", "[+0]"), "not safetensors");
    let mut broken = bytes.clone();
    let last = broken.len() - 4;
    broken[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    refused(&broken, "holds NaN");
    let fewer = Network { layers: network.layers[..3].to_vec(), ..network.clone() };
    let (_, mut more) = super::weights(&fewer, &mut Dice(1));
    more.insert("extra.bias", &[1], vec![0.0]).unwrap();
    import::safetensors(&export::safetensors(&fewer, &more).unwrap()).unwrap();
    let error = export::safetensors(&network, &more).unwrap_err().to_string();
    assert!(error.contains("weight second.weight: is missing"), "{error}");
    let error = export::onnx(&network, &more).unwrap_err().to_string();
    assert!(error.contains("weight second.weight: is missing"), "{error}");
}

/// A message's fields: number, and its bytes or its number.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Result<u64, &[u8]>)> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let length = bytes.iter().position(|byte| byte & 0x80 == 0).expect("it ends") + 1;
        let (number, rest) = bytes.split_at(length);
        *bytes = rest;
        number.iter().rev().fold(0, |all, byte| all << 7 | u64::from(byte & 0x7f))
    }
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let value = varint(&mut bytes);
        found.push((
            tag >> 3,
            match tag & 7 {
                0 => Ok(value),
                2 => {
                    let (content, rest) = bytes.split_at(usize::try_from(value).expect("it fits"));
                    bytes = rest;
                    Err(content)
                }
                other => panic!("wire type {other}"),
            },
        ));
    }
    found
}

/// Every field of this number that holds bytes.
fn parts<'a>(fields: &[(u64, Result<u64, &'a [u8]>)], number: u64) -> Vec<&'a [u8]> {
    fields.iter().filter(|field| field.0 == number).filter_map(|field| field.1.err()).collect()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it is text")
}

#[test]
fn an_onnx_file_reads_back_field_by_field_and_uses_only_what_is_made_before() {
    for (block, sharpness) in [(1, 0.0), (4, 0.7)] {
        let network = network(block, sharpness);
        let (_, weights) = weights(&network, &mut Dice(5));
        let bytes = export::onnx(&network, &weights).unwrap();
        assert_eq!(bytes, export::onnx(&network, &weights).unwrap());
        let file = fields(&bytes);
        assert_eq!(file[0], (1, Ok(8)));
        let graph = fields(parts(&file, 7)[0]);
        let name = |part: &[u8], field: u64| text(parts(&fields(part), field)[0]).to_owned();
        let mut made: BTreeSet<String> = parts(&graph, 11).iter().map(|input| name(input, 1)).collect();
        for tensor in parts(&graph, 5) {
            let tensor = fields(tensor);
            let count: u64 =
                tensor.iter().filter(|field| field.0 == 1).filter_map(|field| field.1.ok()).product();
            let size = if tensor.contains(&(2, Ok(7))) { 8 } else { 4 };
            assert_eq!(parts(&tensor, 9)[0].len() as u64, count * size);
            assert!(made.insert(text(parts(&tensor, 8)[0]).to_owned()));
        }
        for node in parts(&graph, 1) {
            let fields = fields(node);
            for input in parts(&fields, 1) {
                assert!(made.contains(text(input)), "{} is not there yet", text(input));
            }
            assert!(made.insert(text(parts(&fields, 2)[0]).to_owned()));
        }
        let outputs: Vec<_> = parts(&graph, 12).iter().map(|output| name(output, 1)).collect();
        assert_eq!(outputs, ["logit", "embedding", "map"]);
        assert!(outputs.iter().all(|output| made.contains(output)));
    }
}
