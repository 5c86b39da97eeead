//! Where every sum is a whole number that fits, the order of the sums does not matter: kernels of one width of
//! floats must agree in every bit.

use proptest::prelude::*;

use super::{Dice, conv, engines};
use crate::{Input, Layer, Network, Weights};

/// Weights −1, 0 and 1 with few that are not 0, biases below 8.
fn whole(network: &Network, dice: &mut Dice) -> Weights {
    let mut weights = Weights::default();
    let mut channels = vec![3 * network.input.block * network.input.block];
    for layer in &network.layers {
        match layer {
            Layer::MaxPool { from } => channels.push(channels[*from]),
            Layer::Conv { name, from, kernel, out, .. } => {
                let shape = [*out, channels[*from], *kernel, *kernel];
                let kernels = (0..shape.iter().product()).map(|_| match dice.next() % 16 {
                    0 => 1.0,
                    1 => -1.0,
                    _ => 0.0,
                });
                weights.insert(&format!("{name}.weight"), &shape, kernels.collect()).expect("it fits");
                let bias = (0..*out).map(|_| (dice.next() % 15) as f32 - 7.0).collect();
                weights.insert(&format!("{name}.bias"), &[*out], bias).expect("it fits");
                channels.push(*out);
            }
        }
    }
    let last = channels[channels.len() - 1];
    weights.insert("head.weight", &[1, last], vec![1.0; last]).expect("it fits");
    weights.insert("head.bias", &[1], vec![0.5]).expect("it fits");
    weights
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn kernels_of_one_width_agree_in_every_bit(
        seed: u64,
        folded in any::<bool>(),
        small in 1usize..31,
        widths in prop::collection::vec(1usize..70, 2),
        kernel in prop::sample::select(vec![1usize, 3, 5, 7]),
        stride in 1usize..3,
        pictures in 1usize..4,
    ) {
        let block = if folded { 4 } else { 1 };
        let layers = vec![
            conv("a", 0, None, kernel, stride, widths[0]),
            Layer::MaxPool { from: 1 },
            conv("b", 2, Some(2), 3, 1, widths[0]),
            conv("c", 3, None, 3, 2, widths[1]),
        ];
        let input = Input { side: small * block, block, offset: 44.0, scale: 1.0 };
        let network = Network { input, layers, pooling_sharpness: 0.0 };
        let mut dice = Dice(seed);
        let weights = whole(&network, &mut dice);
        let tiles: Vec<u8> = (0..pictures * network.tile_bytes()).map(|_| dice.next() as u8 % 64).collect();
        let engines = engines(&network, &weights);
        for is_half in [true, false] {
            let mut first = None;
            for (name, engine) in engines.iter().filter(|(_, engine)| engine.kernel().is_half() == is_half) {
                let outputs = engine.run(&tiles).unwrap();
                let (_, wanted) = first.get_or_insert_with(|| (name, outputs.clone()));
                prop_assert_eq!(&outputs, &*wanted, "{}", name);
            }
        }
    }
}
