//! Networks of other programs: a ResNet-18 of PyTorch says the same here, and what is none is refused.

use std::path::{Path, PathBuf};

use finder::{Architecture, Format, Model, NetworkConfig, train};
use imaging::TileSpec;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use crate::{device, request};

/// Made by `resnet18.py` beside it.
fn torch() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/resnet18-w4.safetensors")
}

fn input() -> (NetworkConfig, TileSpec) {
    let spec = TileSpec { size: 64, ..TileSpec::default() };
    (NetworkConfig { tile_size: 64, ..NetworkConfig::default() }, spec)
}

/// Name, shape and bytes.
type Tensor = (String, Vec<usize>, Vec<u8>);

fn import(file: &Path, out: &Path) -> Result<domain::Digest, String> {
    let (config, spec) = input();
    finder::import(file, &config, &spec, out).map_err(|error| error.to_string())
}

#[test]
fn a_network_of_pytorch_says_the_same_here() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("resnet/1");
    import(&torch(), &out).unwrap();
    let model = Model::load(&out, device()).unwrap();
    assert_eq!(model.config().network.architecture, Architecture::Resnet18);
    assert_eq!(model.config().network.width, 4);

    let bytes = std::fs::read(torch()).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let said = |name: &str| -> Vec<f32> {
        let tensor = tensors.tensor(name).expect("the fixture has it");
        tensor.data().as_chunks::<4>().0.iter().map(|number| f32::from_le_bytes(*number)).collect()
    };
    let ours = model.outputs(tensors.tensor("said.tiles").unwrap().data()).unwrap();
    for (ours, theirs) in [(ours.logits, said("said.logits")), (ours.embeddings, said("said.embeddings"))] {
        assert_eq!(ours.len(), theirs.len());
        let far = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(far < 1e-4, "{far}");
    }
    assert!(import(&torch(), &out).unwrap_err().contains("already holds another model"));
}

#[test]
fn one_can_train_on_from_there() {
    let dir = tempfile::tempdir().unwrap();
    let from = dir.path().join("resnet/1");
    import(&torch(), &from).unwrap();
    let (config, spec) = input();
    let mut request = request(&dir.path().join("resnet/2"));
    request.config.network = NetworkConfig { architecture: Architecture::Resnet18, width: 4, ..config };
    request.config.epochs = 1;
    request.tile_spec = spec;
    request.examples = crate::painted::examples(32, 64, 70.0, 1);
    request.validation = None;
    request.init = Some(from);
    assert!(train(&request, device(), &domain::Silent).is_ok());
}

#[test]
fn what_is_no_resnet_18_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let with = |name: &str, change: &dyn Fn(&mut Vec<Tensor>)| {
        let bytes = std::fs::read(torch()).expect("the fixture is there");
        let whole = SafeTensors::deserialize(&bytes).expect("tensors");
        let floats = whole.tensors().into_iter().filter(|(_, tensor)| tensor.dtype() == Dtype::F32);
        let mut tensors: Vec<_> =
            floats.map(|(name, tensor)| (name, tensor.shape().to_vec(), tensor.data().to_vec())).collect();
        change(&mut tensors);
        let views = tensors.iter().map(|(name, shape, data)| {
            (name, TensorView::new(Dtype::F32, shape.clone(), data).expect("numbers fill the shape"))
        });
        let path = dir.path().join(name);
        std::fs::write(&path, safetensors::serialize(views, None).expect("tensors")).expect("a file");
        import(&path, &dir.path().join("never")).expect_err("it is refused")
    };
    let missing = with("short.safetensors", &|all| all.retain(|(name, ..)| !name.contains("layer3.1.bn2")));
    assert!(missing.contains("short.safetensors") && missing.contains("stages.5.second.norm"), "{missing}");
    let deeper = with("deep.safetensors", &|all| {
        let again = all.iter().find(|(name, ..)| name.ends_with("layer1.1.conv1.weight")).cloned();
        all.extend(again.map(|(name, shape, data)| (name.replace("layer1.1", "layer1.2"), shape, data)));
    });
    assert!(deeper.contains("layer1.2.conv1.weight"), "{deeper}");
    let broken = with("nan.safetensors", &|all| {
        for (name, _, data) in all {
            if name.ends_with("backbone.bn1.weight") {
                data[..4].copy_from_slice(&f32::NAN.to_le_bytes());
            }
        }
    });
    assert!(broken.contains("NaN"), "{broken}");
    let empty = with("empty.safetensors", &|all| all.clear());
    assert!(empty.contains("no tensor `conv1.weight`"), "{empty}");
    std::fs::write(dir.path().join("text"), "not tensors").unwrap();
    assert!(import(&dir.path().join("text"), &dir.path().join("never")).is_err());
}

#[test]
fn a_finished_model_goes_out_as_safetensors_and_onnx() {
    let dir = tempfile::tempdir().unwrap();
    let mut request = request(&dir.path().join("m/1"));
    request.config.epochs = 1;
    request.config.network.members = 2;
    let report = train(&request, device(), &domain::Silent).unwrap();
    let members = finder::export(&report.dir, Format::Safetensors).unwrap();
    assert_eq!(members.len(), 2);
    let tensors = SafeTensors::deserialize(&members[0]).unwrap();
    assert!(tensors.tensor("stem.weight").is_ok() && tensors.tensor("head.weight").is_ok());
    assert_ne!(members[0], members[1]);
    // The engine's own tests and the comparison with ONNX Runtime say what is in it.
    assert!(finder::export(&report.dir, Format::Onnx).unwrap()[0].len() > 1000);
}
