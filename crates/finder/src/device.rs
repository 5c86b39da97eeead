//! Which backend computes: chosen at run time among those compiled in.

use std::{fmt, str::FromStr};

use burn::tensor::Device;

use crate::FinderError;

/// A device by name: `flex`, `wgpu[:i]`, `cuda[:i]` or `tch`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum DeviceChoice {
    /// The processor, in pure Rust. Bit-deterministic.
    #[default]
    Flex,
    /// A graphics card through Vulkan, Metal or WebGPU; `None` lets the driver choose.
    Wgpu(Option<usize>),
    /// An NVIDIA card.
    Cuda(Option<usize>),
    /// libtorch on the processor.
    Tch,
}

impl DeviceChoice {
    /// Whether this program contains the backend.
    #[must_use]
    pub const fn is_compiled(self) -> bool {
        match self {
            Self::Flex => cfg!(feature = "flex"),
            Self::Wgpu(_) => cfg!(feature = "wgpu"),
            Self::Cuda(_) => cfg!(feature = "cuda"),
            Self::Tch => cfg!(feature = "tch"),
        }
    }

    /// Whether images are best spread over threads of our own (a processor), not handed to the
    /// device in one large batch (a card).
    pub(crate) const fn is_processor(self) -> bool {
        matches!(self, Self::Flex | Self::Tch)
    }

    /// The device itself.
    ///
    /// # Errors
    /// [`FinderError::DeviceNotCompiled`].
    pub(crate) fn open(self) -> Result<Device, FinderError> {
        match self {
            #[cfg(feature = "flex")]
            Self::Flex => Ok(Device::flex()),
            #[cfg(feature = "wgpu")]
            Self::Wgpu(index) => Ok(Device::wgpu(
                index.map_or(burn::tensor::DeviceKind::DefaultDevice, burn::tensor::DeviceKind::DiscreteGpu),
            )),
            #[cfg(feature = "cuda")]
            Self::Cuda(index) => Ok(Device::cuda(index.unwrap_or(0))),
            #[cfg(feature = "tch")]
            #[expect(
                deprecated,
                reason = "burn 0.22 is the last line with libtorch; the house keeps it as an option"
            )]
            Self::Tch => Ok(Device::libtorch()),
            #[cfg(not(all(feature = "flex", feature = "wgpu", feature = "cuda", feature = "tch")))]
            other => {
                Err(FinderError::DeviceNotCompiled { device: other.to_string(), feature: other.feature() })
            }
        }
    }

    const fn feature(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::Wgpu(_) => "wgpu",
            Self::Cuda(_) => "cuda",
            Self::Tch => "tch",
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wgpu(Some(index)) | Self::Cuda(Some(index)) => write!(f, "{}:{index}", self.feature()),
            _ => f.write_str(self.feature()),
        }
    }
}

impl FromStr for DeviceChoice {
    type Err = FinderError;

    fn from_str(text: &str) -> Result<Self, FinderError> {
        let unknown = || FinderError::UnknownDevice(text.chars().take(40).collect());
        let (name, index) = match text.split_once(':') {
            None => (text, None),
            Some((name, index)) => (name, Some(index.parse().map_err(|_| unknown())?)),
        };
        match (name, index) {
            ("flex", None) => Ok(Self::Flex),
            ("wgpu", index) => Ok(Self::Wgpu(index)),
            ("cuda", index) => Ok(Self::Cuda(index)),
            ("tch", None) => Ok(Self::Tch),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for name in ["flex", "wgpu", "wgpu:1", "cuda", "cuda:0", "tch"] {
            assert_eq!(name.parse::<DeviceChoice>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn an_unknown_name_says_which_names_there_are() {
        for wrong in ["", "gpu", "flex:0", "cuda:x", "wgpu:-1"] {
            let error = wrong.parse::<DeviceChoice>().unwrap_err().to_string();
            assert!(error.contains("flex, wgpu"), "{error}");
        }
    }

    #[test]
    #[cfg(not(feature = "cuda"))]
    fn a_backend_left_out_says_how_to_get_it() {
        let error = DeviceChoice::Cuda(Some(0)).open().unwrap_err().to_string();
        assert!(error.contains("cuda:0") && error.contains("--features cuda"), "{error}");
    }
}
