//! Networks to and from other programs: a ResNet-18 from PyTorch's safetensors as a model to train
//! on, and a finished model as safetensors or ONNX.

use std::path::Path;

use burn::{
    module::Module as _,
    store::{ModuleSnapshot as _, PyTorchToBurnAdapter, SafetensorsStore},
};
use domain::{Digest, Seed};
use imaging::TileSpec;
use inference::Weights;

use crate::{
    Architecture, Calibration, DeviceChoice, Examples, FinderError, NetworkConfig, TrainRequest,
    TrainingConfig,
    calibration::{Sample, Source},
    files, folder, learner,
    model::ModelConfig,
    network::Network,
};

/// A file format for other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Folded weights by name, the layers as JSON in the header.
    Safetensors,
    /// Bytes of tiles in; `logit`, `embedding` and `map` out.
    Onnx,
}

impl Format {
    /// The ending of its files.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Onnx => "onnx",
        }
    }
}

/// The members of a finished model as a file each, in order.
///
/// # Errors
/// When the model does not open or cannot be written in this format.
pub fn export(dir: &Path, format: Format) -> Result<Vec<Vec<u8>>, FinderError> {
    let wrong = |e: inference::InferenceError| FinderError::Network(e.to_string());
    let members = packed(dir)?.into_iter().map(|(layers, weights)| match format {
        Format::Safetensors => inference::export::safetensors(&layers, &weights).map_err(wrong),
        Format::Onnx => inference::export::onnx(&layers, &weights).map_err(wrong),
    });
    members.collect()
}

/// The layers and folded weights of each member of a finished model.
///
/// # Errors
/// When the model does not open.
pub fn packed(dir: &Path) -> Result<Vec<(inference::Network, Weights)>, FinderError> {
    let stored = folder::read(dir)?;
    let device = DeviceChoice::Flex.open()?;
    let network = Network::new(&stored.config.network, Seed::root(0), &device);
    learner::load(network, &stored.weights)?.valid().pack(&stored.config.network)
}

/// Makes a model of a ResNet-18 that PyTorch trained, as torchvision and timm name its tensors
/// (`conv1.weight`, `layer1.0.bn1.running_mean`, …; a prefix such as `backbone.` may stand before).
/// The width is taken from the file. A last layer of another size than one number is left out, and
/// begins anew. Bytes of tiles become numbers by `input`'s offset and scale.
///
/// # Errors
/// When the file cannot be read, is another network, or holds a number that is not finite; or when
/// `out` already holds a model.
pub fn import(
    file: &Path,
    input: &NetworkConfig,
    spec: &TileSpec,
    out: &Path,
) -> Result<Digest, FinderError> {
    let bytes = files::read_required(file)?;
    let tensors =
        safetensors::SafeTensors::deserialize(&bytes).map_err(|e| FinderError::malformed(file, e))?;
    let stem = |name: &&str| name.ends_with("conv1.weight") && !name.contains("layer");
    let names = tensors.names();
    let Some(stem) = names.iter().find(|name| stem(name)) else {
        let problem = "has no tensor `conv1.weight`; only a ResNet-18 of PyTorch can be taken over";
        return Err(FinderError::malformed(file, problem));
    };
    let prefix = stem.trim_end_matches("conv1.weight").to_owned();
    let width = tensors.tensor(stem).ok().and_then(|tensor| tensor.shape().first().copied()).unwrap_or(0);
    let network = NetworkConfig { architecture: Architecture::Resnet18, width, members: 1, ..input.clone() };
    let config = TrainingConfig { network: network.clone(), ..TrainingConfig::default() };
    config.check()?;

    let has_head = tensors.tensor(&format!("{prefix}fc.weight")).is_ok_and(|fc| fc.shape()[0] == 1);
    let device = DeviceChoice::Flex.open()?;
    let mut ours = Network::new(&network, Seed::root(config.seed).child("weights"), &device);
    let mut store = SafetensorsStore::from_bytes(Some(bytes.clone()))
        .with_from_adapter(PyTorchToBurnAdapter)
        .allow_partial(true);
    for (theirs, ours) in names_of(&prefix, has_head) {
        store = store.with_key_remapping(theirs, ours);
    }
    let applied = ours.members[0].load_from(&mut store).map_err(|e| FinderError::malformed(file, e))?;
    let is_ours_alone =
        |path: &str| path.starts_with("look_alike") || (path.starts_with("head") && !has_head);
    if let Some((missing, _)) = applied.missing.iter().find(|(path, _)| !is_ours_alone(path)) {
        return Err(FinderError::malformed(file, format!("has nothing for `{missing}`: it is no ResNet-18")));
    }
    if let Some(error) = applied.errors.first() {
        return Err(FinderError::malformed(file, error));
    }
    if let Some(deeper) = applied.unused.iter().find(|name| name.contains("layer") || name.contains("conv3"))
    {
        let problem =
            format!("has `{deeper}`, which a ResNet-18 has not; only that network can be taken over");
        return Err(FinderError::malformed(file, problem));
    }
    // Refuses numbers that are not finite.
    let (layers, weights) = ours.clone().pack(&network)?.remove(0);
    inference::Engine::new(layers, &weights, inference::Kernel::Portable)
        .map_err(|e| FinderError::malformed(file, e))?;

    let digest = Digest::of(&bytes);
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let request = TrainRequest {
        out: out.to_owned(),
        config,
        tile_spec: spec.clone(),
        examples: Examples::empty(network.tile_size),
        validation: None,
        audit: None,
        init: None,
        lineage: serde_json::json!({ "imported": { "file": name, "digest": digest } }),
        simulated: false,
    };
    if let Some(there) = folder::finished(out)? {
        return Err(FinderError::Occupied { dir: out.to_owned(), digest: there.digest });
    }
    let weights = ours.into_record().into_bytes().map_err(|e| FinderError::Network(e.to_string()))?.to_vec();
    let nothing = Sample { logits: &[], labels: &[], weights: &[], source: Source::Validation };
    let TrainingConfig { calibration, base_rate, .. } = request.config;
    folder::prepare(out)?;
    folder::publish(
        out,
        &folder::Finished {
            config: ModelConfig { prevalence: 0.5, ..ModelConfig::of(&request, None, DeviceChoice::Flex) },
            weights,
            calibration: Calibration::fit(&nothing, calibration, 0.5, base_rate),
            epochs: Vec::new(),
            validation: None,
            request: digest,
        },
    )
}

/// From PyTorch's names to ours, as regular expressions.
fn names_of(prefix: &str, has_head: bool) -> Vec<(String, String)> {
    let escaped = prefix.replace('.', "\\.");
    let mut names = Vec::new();
    for stage in 0..4 {
        for block in 0..2 {
            let theirs = format!("^{escaped}layer{}\\.{block}\\.", stage + 1);
            let ours = format!("stages.{}.", stage * 2 + block);
            for (part, name) in [
                ("conv1\\.", "first.conv."),
                ("bn1\\.", "first.norm."),
                ("conv2\\.", "second.conv."),
                ("bn2\\.", "second.norm."),
                ("downsample\\.0\\.", "shortcut.conv."),
                ("downsample\\.1\\.", "shortcut.norm."),
            ] {
                names.push((format!("{theirs}{part}"), format!("{ours}{name}")));
            }
        }
    }
    names.push((format!("^{escaped}conv1\\."), "stem.conv.".to_owned()));
    names.push((format!("^{escaped}bn1\\."), "stem.norm.".to_owned()));
    let head = if has_head { "head." } else { "other_head." };
    names.push((format!("^{escaped}fc\\."), head.to_owned()));
    names
}
