//! Every kernel against convolutions written out in 64 bits, on networks of random shapes.

use proptest::prelude::*;

use super::{Dice, Truth, conv, engines, truth, weights};
use crate::{Engine, Input, Kernel, Layer, Network, Weights};

fn compare(network: &Network, seed: u64, pictures: usize) {
    let mut dice = Dice(seed);
    let (tensors, weights) = weights(network, &mut dice);
    let tiles: Vec<u8> = (0..pictures * network.tile_bytes()).map(|_| dice.next() as u8).collect();
    let truths: Vec<_> =
        tiles.chunks_exact(network.tile_bytes()).map(|tile| truth(network, &tensors, tile)).collect();
    for (name, engine) in engines(network, &weights) {
        let outputs = engine.run(&tiles).expect("it fits");
        let tolerance = if engine.kernel().is_half() { 3e-2 } else { 2e-5 };
        for (picture, truth) in truths.iter().enumerate() {
            let Truth { channels, side, numbers, map } = truth;
            let cells = side * side;
            let scale = numbers.iter().fold(1.0, |most: f64, value| most.max(value.abs()));
            let near = |found: f32, wanted: f64, what: &str| {
                let off = (f64::from(found) - wanted).abs();
                assert!(off < tolerance * scale, "{name}, picture {picture}, {what}: {found}, not {wanted}");
            };
            let found = &outputs.maps[picture * cells..][..cells];
            for (found, wanted) in found.iter().zip(map) {
                near(*found, *wanted, "map");
            }
            // What a place weighs magnifies how far off it is: the weights are those of the engine's map.
            let sharpness = f64::from(network.pooling_sharpness);
            let places: Vec<f64> = found.iter().map(|said| (sharpness * f64::from(*said)).exp()).collect();
            let total: f64 = places.iter().sum();
            for channel in 0..*channels {
                let weighted = numbers[channel * cells..][..cells].iter().zip(&places);
                let mean = weighted.map(|(value, place)| value * place).sum::<f64>() / total;
                near(outputs.embeddings[picture * channels + channel], mean, "embedding");
            }
            let logit = map.iter().zip(&places).map(|(said, place)| said * place).sum::<f64>() / total;
            near(outputs.logits[picture], logit, "logit");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn kernels_agree_with_the_definition(
        seed: u64,
        folded in any::<bool>(),
        small in 1usize..27,
        widths in prop::collection::vec(1usize..5, 3),
        kernel in prop::sample::select(vec![1usize, 3, 5, 7]),
        stride in 1usize..3,
        pool in any::<bool>(),
        pooling_sharpness in prop::sample::select(vec![0f32, 0.5, 3.0, 16.0]),
        pictures in 1usize..4,
    ) {
        let block = if folded { 4 } else { 1 };
        let mut layers = vec![conv("a", 0, None, kernel, stride, widths[0] * 16)];
        if pool {
            layers.push(Layer::MaxPool { from: 1 });
        }
        let at = layers.len();
        layers.push(conv("b", at, None, 3, 2, widths[1] * 16));
        layers.push(conv("c", at, None, 1, 2, widths[1] * 16));
        layers.push(conv("d", at + 1, Some(at + 2), 3, 1, widths[1] * 16));
        layers.push(conv("e", at + 3, None, 3, 1, widths[2] * 16));
        let input = Input { side: small * block, block, offset: 44.0, scale: 64.0 };
        compare(&Network { input, layers, pooling_sharpness }, seed, pictures);
    }
}

#[test]
fn more_pictures_than_a_thread_takes_at_once_give_the_same_numbers() {
    let input = Input { side: 24, block: 4, offset: 44.0, scale: 32.0 };
    let network = Network {
        input,
        layers: vec![
            conv("a", 0, None, 3, 1, 16),
            conv("b", 1, Some(1), 3, 1, 16),
            conv("c", 2, None, 3, 2, 32),
        ],
        pooling_sharpness: 1.5,
    };
    let mut dice = Dice(3);
    let (_, weights) = weights(&network, &mut dice);
    let tiles: Vec<u8> = (0..45 * network.tile_bytes()).map(|_| dice.next() as u8).collect();
    for (name, engine) in engines(&network, &weights) {
        let all = engine.run(&tiles).unwrap();
        for (picture, tile) in tiles.chunks_exact(network.tile_bytes()).enumerate() {
            let one = engine.run(tile).unwrap();
            assert_eq!(one.logits[0].to_bits(), all.logits[picture].to_bits(), "{name}");
            assert_eq!(one.embeddings, all.embeddings[picture * 32..][..32]);
        }
        assert_eq!(engine.run(&[]).unwrap().logits, Vec::<f32>::new());
        assert!(engine.run(&tiles[1..]).unwrap_err().to_string().contains("no whole number of tiles"));
    }
}

#[test]
fn a_sharp_pooling_says_what_the_loudest_place_says() {
    let input = Input { side: 32, block: 4, offset: 44.0, scale: 32.0 };
    let layers = vec![conv("a", 0, None, 3, 1, 32), conv("b", 1, None, 3, 1, 32)];
    let mut network = Network { input, layers, pooling_sharpness: 0.0 };
    let mut dice = Dice(11);
    let (_, weights) = weights(&network, &mut dice);
    let tile: Vec<u8> = (0..network.tile_bytes()).map(|_| dice.next() as u8).collect();
    let mut before = f32::NEG_INFINITY;
    for sharpness in [0.0, 1e-3, 0.1, 1.0, 16.0] {
        network.pooling_sharpness = sharpness;
        let engine = Engine::new(network.clone(), &weights, Kernel::Portable).unwrap();
        let outputs = engine.run(&tile).unwrap();
        let most = outputs.maps.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mean = outputs.maps.iter().sum::<f32>() / outputs.maps.len() as f32;
        assert!(outputs.logits[0] > before && outputs.logits[0] < most + 1e-4);
        assert!(sharpness > 0.0 || (outputs.logits[0] - mean).abs() < 1e-3);
        assert!(sharpness < 16.0 || most - outputs.logits[0] < 0.1);
        before = outputs.logits[0];
    }
}

#[test]
fn what_cannot_be_run_is_refused_by_name() {
    let input = Input { side: 16, block: 4, offset: 44.0, scale: 32.0 };
    let good = Network { input, layers: vec![conv("a", 0, None, 3, 1, 16)], pooling_sharpness: 0.0 };
    let (_, full) = weights(&good, &mut Dice(1));
    let refused = |network: &Network, weights: &Weights, says: &str| {
        let error = Engine::new(network.clone(), weights, Kernel::Portable).err().expect(says).to_string();
        assert!(error.contains(says), "{error}");
    };
    let with = |layers: Vec<Layer>| Network { input, layers, pooling_sharpness: 0.0 };
    refused(&with(vec![]), &full, "no layers");
    refused(&with(vec![conv("a", 1, None, 3, 1, 16)]), &full, "reads value 1, which is not there yet");
    refused(&with(vec![conv("a", 0, None, 2, 1, 16)]), &full, "a: kernel 2");
    refused(&with(vec![conv("a", 0, Some(0), 3, 1, 16)]), &full, "another shape");
    refused(&with(vec![Layer::MaxPool { from: 0 }]), &full, "has no activation");
    refused(&Network { input: Input { scale: 0.0, ..input }, ..good.clone() }, &full, "scale 0");
    refused(&with(vec![conv("a", 0, None, 3, 1, 16), conv("a", 1, None, 3, 1, 16)]), &full, "\"a\" is taken");
    refused(&with(vec![conv("head", 0, None, 3, 1, 16)]), &full, "\"head\" is taken");
    for pooling_sharpness in [-1.0, 16.5, f32::NAN, f32::INFINITY] {
        refused(&Network { pooling_sharpness, ..good.clone() }, &full, "a pooling sharpness of");
    }
    let unknown = Kernel::named("avx1024").unwrap_err().to_string();
    assert!(unknown.contains("unknown kernel \"avx1024\"; this program has"), "{unknown}");
    for kernel in Kernel::available() {
        let engine = Engine::new(good.clone(), &full, Kernel::named(kernel.name()).unwrap()).unwrap();
        assert_eq!(engine.kernel(), kernel);
    }
    refused(&good, &Weights::default(), "weight head.weight: is missing");
    refused(&with(vec![conv("a", 0, None, 5, 1, 16)]), &full, "weight a.weight: has the shape");
    let mut broken = full.clone();
    broken.insert("a.bias", &[16], vec![f32::NAN; 16]).unwrap();
    refused(&good, &broken, "weight a.bias: holds NaN");
    assert!(broken.insert("a.bias", &[16], vec![0.0]).unwrap_err().to_string().contains("1 numbers"));
    for kernel in Kernel::ALL.into_iter().filter(|kernel| !kernel.is_available()) {
        let error = Engine::new(good.clone(), &full, kernel).err().unwrap().to_string();
        assert!(error.contains(kernel.name()) && error.contains("portable"), "{error}");
    }
}
