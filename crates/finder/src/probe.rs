//! Whether a backend works on this machine, by computing something with it.

use burn::tensor::Tensor;

use crate::{DeviceChoice, FinderError};

impl DeviceChoice {
    /// Every backend there could be, on its usual device.
    pub const ALL: [Self; 4] = [Self::Flex, Self::Wgpu(None), Self::Cuda(None), Self::Tch];

    /// Opens the device and computes a small sum on it. Backends for cards may panic where there is none;
    /// that is an error here, but the panic's own words go to standard error.
    ///
    /// # Errors
    /// [`FinderError::DeviceNotCompiled`], or [`FinderError::Network`] when it does not work.
    pub fn probe(self) -> Result<(), FinderError> {
        let device = self.open()?;
        let failed =
            |problem: String| FinderError::Network(format!("device {self} does not work: {problem}"));
        let sum = std::panic::catch_unwind(|| {
            Tensor::<1>::ones([64], &device).sum().into_data().iter::<f32>().sum::<f32>()
        });
        match sum {
            Ok(64.0) => Ok(()),
            Ok(other) => Err(failed(format!("64 ones add up to {other}"))),
            Err(panic) => {
                let words = panic.downcast_ref::<String>().map(String::as_str);
                let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
                let words = words.unwrap_or("no such device, or no driver for it");
                Err(failed(words.lines().next().unwrap_or_default().to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "flex")]
    fn the_processor_works() {
        DeviceChoice::Flex.probe().unwrap();
    }

    #[test]
    fn a_backend_left_out_does_not() {
        for choice in DeviceChoice::ALL.into_iter().filter(|choice| !choice.is_compiled()) {
            assert!(choice.probe().unwrap_err().to_string().contains("--features"));
        }
    }
}
