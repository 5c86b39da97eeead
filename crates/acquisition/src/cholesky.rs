//! The Cholesky factor of a small symmetric matrix, for the live head.

/// L with L·Lᵀ = A, row-major.
#[derive(Debug, Clone)]
pub(crate) struct Cholesky {
    factor: Vec<f64>,
    size: usize,
}

impl Cholesky {
    /// Factors a row-major symmetric matrix; `None` when it is not positive definite.
    pub(crate) fn of(mut a: Vec<f64>, size: usize) -> Option<Self> {
        for j in 0..size {
            for k in 0..j {
                let x = a[j * size + k];
                for i in j..size {
                    a[i * size + j] -= a[i * size + k] * x;
                }
            }
            let pivot = a[j * size + j];
            if !(pivot.is_finite() && pivot > 0.0) {
                return None;
            }
            let root = pivot.sqrt();
            for i in j..size {
                a[i * size + j] /= root;
            }
        }
        Some(Self { factor: a, size })
    }

    /// L⁻¹·b.
    pub(crate) fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for i in 0..self.size {
            let row = &self.factor[i * self.size..i * self.size + i];
            let known: f64 = row.iter().zip(&x).map(|(l, x)| l * x).sum();
            x[i] = (x[i] - known) / self.factor[i * self.size + i];
        }
        x
    }

    /// L⁻ᵀ·b.
    pub(crate) fn backward(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for i in (0..self.size).rev() {
            let known: f64 = (i + 1..self.size).map(|k| self.factor[k * self.size + i] * x[k]).sum();
            x[i] = (x[i] - known) / self.factor[i * self.size + i];
        }
        x
    }

    /// ln |A|.
    pub(crate) fn log_determinant(&self) -> f64 {
        (0..self.size).map(|i| 2.0 * self.factor[i * self.size + i].ln()).sum()
    }

    /// The rows of L⁻¹.
    pub(crate) fn inverse_rows(&self) -> Vec<Vec<f64>> {
        let mut rows = vec![vec![0.0; self.size]; self.size];
        let mut unit = vec![0.0; self.size];
        for column in 0..self.size {
            unit[column] = 1.0;
            for (row, x) in rows.iter_mut().zip(self.forward(&unit)) {
                row[column] = x;
            }
            unit[column] = 0.0;
        }
        rows
    }

    /// A⁻¹·b.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        self.backward(&self.forward(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_what_was_multiplied() {
        let a = [4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let x = [1.0, -2.0, 0.5];
        let b: Vec<f64> = a.chunks(3).map(|row| row.iter().zip(&x).map(|(a, x)| a * x).sum()).collect();
        let solved = Cholesky::of(a.to_vec(), 3).unwrap().solve(&b);
        assert!(solved.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn refuses_what_is_not_positive_definite() {
        assert!(Cholesky::of(vec![1.0, 2.0, 2.0, 1.0], 2).is_none());
        assert!(Cholesky::of(vec![f64::NAN], 1).is_none());
    }
}
