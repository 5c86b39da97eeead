//! The shape of a network: a family of two architectures, from one that a laptop trains in a minute
//! to one that keeps a graphics card busy.

use serde::{Deserialize, Serialize};

use crate::FinderError;

/// The kinds of networks there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// 4 × 4 pixels folded into channels, a 3 × 3 convolution, four stages of residual blocks of
    /// 1, 2, 4 and 4 times the width. Small and quick on a processor.
    #[default]
    LensNet,
    /// The layout of ResNet-18 (He et al. 2015, arXiv:1512.03385): 7 × 7 convolution, pooling, four
    /// stages of two residual blocks of 1, 2, 4 and 8 times the width. For graphics cards.
    Resnet18,
}

impl Architecture {
    /// As it is written in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LensNet => "lens-net",
            Self::Resnet18 => "resnet18",
        }
    }

    /// Pixels of a side that are folded into channels before the first convolution.
    pub(crate) const fn block(self) -> usize {
        match self {
            Self::LensNet => 4,
            Self::Resnet18 => 1,
        }
    }

    /// Channels of each stage, in widths.
    pub(crate) const fn stages(self) -> [usize; 4] {
        match self {
            Self::LensNet => [1, 2, 4, 4],
            Self::Resnet18 => [1, 2, 4, 8],
        }
    }

    /// Stride of each stage's first block.
    pub(crate) const fn strides(self) -> [usize; 4] {
        match self {
            Self::LensNet => [1, 2, 2, 1],
            Self::Resnet18 => [1, 2, 2, 2],
        }
    }

    /// Residual blocks of each stage.
    pub(crate) const fn blocks(self) -> usize {
        match self {
            Self::LensNet => 1,
            Self::Resnet18 => 2,
        }
    }
}

/// The shape of a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkConfig {
    /// Which kind. Default `lens-net`.
    pub architecture: Architecture,
    /// Channels of the first stage; a multiple of 16 keeps the kernels busy. Default 16.
    pub width: usize,
    /// Side of the input tile in pixels, a multiple of 16. Default 96.
    pub tile_size: usize,
    /// The byte that becomes 0: the sky's, 44 for the default `imaging::TileSpec`.
    pub input_offset: f32,
    /// Bytes per unit of input. Default 32, about two σ of the sky.
    pub input_scale: f32,
    /// How much the places that look most like an arc count: each weighs exp(sharpness · what it
    /// says). 0, the default, is the plain mean; about 1 suits small arcs anywhere in the field.
    pub pooling_sharpness: f32,
    /// Networks of different random weights whose opinions are averaged. Default 1.
    pub members: usize,
    /// Views of each image whose scores are averaged: 1, 2 (mirrored), 4 (mirrored both ways) or 8 (and
    /// turned). Scoring takes as many times longer. Default 1.
    pub views: u8,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            architecture: Architecture::LensNet,
            width: 16,
            tile_size: 96,
            input_offset: 44.0,
            input_scale: 32.0,
            pooling_sharpness: 0.0,
            members: 1,
            views: 1,
        }
    }
}

impl NetworkConfig {
    /// Length of an embedding: the last stage's channels of every member.
    #[must_use]
    pub const fn embedding_len(&self) -> usize {
        self.members * self.member_len()
    }

    /// Length of one member's part of an embedding.
    pub(crate) const fn member_len(&self) -> usize {
        self.architecture.stages()[3] * self.width
    }

    /// Bytes of one tile: side × side × 3.
    #[must_use]
    pub const fn tile_bytes(&self) -> usize {
        self.tile_size * self.tile_size * 3
    }

    /// Channels of the first convolution's input.
    pub(crate) const fn input_channels(&self) -> usize {
        let block = self.architecture.block();
        block * block * 3
    }

    /// # Errors
    /// When a field is out of range.
    pub fn check(&self) -> Result<(), FinderError> {
        let within = |field, ok: bool, problem: &str| {
            if ok { Ok(()) } else { Err(FinderError::config(field, problem)) }
        };
        within("network.width", (4..=256).contains(&self.width), "must lie between 4 and 256")?;
        within(
            "network.tile_size",
            (16..=512).contains(&self.tile_size) && self.tile_size.is_multiple_of(16),
            "must be a multiple of 16 between 16 and 512",
        )?;
        within(
            "network.input_scale",
            self.input_offset.is_finite() && self.input_scale.is_finite() && self.input_scale > 0.0,
            "must be finite and above 0",
        )?;
        within(
            "network.pooling_sharpness",
            (0.0..=16.0).contains(&self.pooling_sharpness),
            "must lie between 0 and 16",
        )?;
        within("network.views", [1, 2, 4, 8].contains(&self.views), "must be 1, 2, 4 or 8")?;
        within("network.members", (1..=16).contains(&self.members), "must lie between 1 and 16")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_that_cannot_be_is_refused() {
        let with = |width, tile_size| NetworkConfig { width, tile_size, ..NetworkConfig::default() }.check();
        assert!(with(16, 96).is_ok());
        assert!(with(0, 96).is_err() && with(16, 100).is_err() && with(16, 0).is_err());
        assert!(NetworkConfig { input_scale: 0.0, ..NetworkConfig::default() }.check().is_err());
        assert!(NetworkConfig { pooling_sharpness: -1.0, ..NetworkConfig::default() }.check().is_err());
        assert!(NetworkConfig { pooling_sharpness: f32::NAN, ..NetworkConfig::default() }.check().is_err());
        assert!(NetworkConfig { views: 3, ..NetworkConfig::default() }.check().is_err());
        assert!(NetworkConfig { members: 0, ..NetworkConfig::default() }.check().is_err());
    }

    #[test]
    fn names_are_those_of_settings() {
        for kind in [Architecture::LensNet, Architecture::Resnet18] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
