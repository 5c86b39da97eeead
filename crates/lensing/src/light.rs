//! What every light profile can do. A source is such a profile in the source plane,
//! asked at β = θ − α(θ); pixels and seeing are left to the renderer.

/// Light on the sky; positions in arcsec.
pub trait Light: std::fmt::Debug + Send + Sync {
    /// Surface brightness at a point, in units of flux per square arcsec.
    fn brightness(&self, x: f64, y: f64) -> f64;

    /// Total flux, out to infinity.
    fn flux(&self) -> f64;

    /// Adds the brightness at many points to `sum`, all three of one length.
    fn add_brightness(&self, xs: &[f64], ys: &[f64], sum: &mut [f64]) {
        for ((&x, &y), sum) in xs.iter().zip(ys).zip(sum) {
            *sum += self.brightness(x, y);
        }
    }
}

impl<T: Light + ?Sized> Light for Box<T> {
    fn brightness(&self, x: f64, y: f64) -> f64 {
        (**self).brightness(x, y)
    }

    fn flux(&self) -> f64 {
        (**self).flux()
    }

    fn add_brightness(&self, xs: &[f64], ys: &[f64], sum: &mut [f64]) {
        (**self).add_brightness(xs, ys, sum);
    }
}
