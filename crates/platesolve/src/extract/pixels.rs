//! A grey image as it came, and the same image halved: what every later step
//! reads rows and pixels from.

use std::borrow::Cow;

/// Values of an image, row by row.
#[derive(Debug, Clone, PartialEq)]
pub enum Pixels {
    /// 8 bits each.
    U8(Vec<u8>),
    /// 16 bits each.
    U16(Vec<u16>),
    /// Floats; what is not finite, or beyond ±10¹⁸, counts as not measured.
    F32(Vec<f32>),
}

impl Pixels {
    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::U16(values) => values.len(),
            Self::F32(values) => values.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A grey image; row 0 is the first of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Grey {
    width: u32,
    height: u32,
    pixels: Pixels,
}

impl Grey {
    /// `None` when the number of pixels does not fit the size, or there is none.
    #[must_use]
    pub fn new(width: u32, height: u32, pixels: Pixels) -> Option<Self> {
        let count = (width as usize).checked_mul(height as usize)?;
        (count == pixels.len() && count > 0).then_some(Self { width, height, pixels })
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The image turned round: bright becomes dark.
    #[must_use]
    pub fn negative(&self) -> Self {
        let pixels = match &self.pixels {
            Pixels::U8(values) => Pixels::U8(values.iter().map(|v| u8::MAX - v).collect()),
            Pixels::U16(values) => Pixels::U16(values.iter().map(|v| u16::MAX - v).collect()),
            Pixels::F32(values) => Pixels::F32(values.iter().map(|v| -v).collect()),
        };
        Self { pixels, ..*self }
    }

    /// Its values.
    #[must_use]
    pub fn pixels(&self) -> &Pixels {
        &self.pixels
    }
}

/// Pixels of one level of the pyramid.
#[derive(Debug)]
enum Data<'a> {
    U8(&'a [u8]),
    U16(&'a [u16]),
    F32(Cow<'a, [f32]>),
}

/// One level of the pyramid: the image itself, or means of 2×2 pixels of the level before.
#[derive(Debug)]
pub(super) struct Level<'a> {
    pub width: usize,
    pub height: usize,
    data: Data<'a>,
}

impl<'a> Level<'a> {
    pub(super) fn native(image: &'a Grey) -> Self {
        let data = match &image.pixels {
            Pixels::U8(values) => Data::U8(values),
            Pixels::U16(values) => Data::U16(values),
            Pixels::F32(values) => Data::F32(Cow::Borrowed(values)),
        };
        Self { width: image.width as usize, height: image.height as usize, data }
    }

    /// Whether values are whole numbers.
    pub(super) fn is_whole(&self) -> bool {
        !matches!(self.data, Data::F32(_))
    }

    /// The value of a pixel within the image.
    #[inline]
    pub(super) fn at(&self, x: usize, y: usize) -> f32 {
        let i = y * self.width + x;
        match &self.data {
            Data::U8(values) => f32::from(values[i]),
            Data::U16(values) => f32::from(values[i]),
            Data::F32(values) => measured(values[i]).unwrap_or(f32::NAN),
        }
    }

    /// The sum over 5×5 pixels with weights along both axes; `None` where they reach over the edge or hold
    /// what was not measured.
    #[inline]
    pub(super) fn weighted(&self, x: usize, y: usize, weights: &[f32; 5]) -> Option<f32> {
        if x < 2 || y < 2 || x + 2 >= self.width || y + 2 >= self.height {
            return None;
        }
        let first = (y - 2) * self.width + x - 2;
        match &self.data {
            Data::U8(values) => weighted(values, first, self.width, weights, f32::from),
            Data::U16(values) => weighted(values, first, self.width, weights, f32::from),
            Data::F32(values) => {
                // What is not measured makes the sum so, or far too large.
                weighted(values, first, self.width, weights, |v| v)
                    .and_then(|sum| measured(sum * 1e3).map(|_| sum))
            }
        }
    }

    /// Copies a row; `fill` replaces what was not measured, column by column.
    pub(super) fn row(&self, y: usize, out: &mut [f32], fill: impl Fn(usize) -> f32) {
        let range = y * self.width..(y + 1) * self.width;
        match &self.data {
            Data::U8(values) => out.iter_mut().zip(&values[range]).for_each(|(o, &v)| *o = f32::from(v)),
            Data::U16(values) => out.iter_mut().zip(&values[range]).for_each(|(o, &v)| *o = f32::from(v)),
            Data::F32(values) => {
                out.copy_from_slice(&values[range]);
                if out.iter().fold(false, |any, v| any | is_unmeasured(*v)) {
                    for (x, value) in out.iter_mut().enumerate().filter(|(_, v)| is_unmeasured(**v)) {
                        *value = fill(x);
                    }
                }
            }
        }
    }

    /// Means of 2×2 pixels; an odd last row or column is left out. `None` when nothing would be left.
    pub(super) fn halved(&self) -> Option<Level<'static>> {
        let (width, height) = (self.width / 2, self.height / 2);
        if width == 0 || height == 0 {
            return None;
        }
        let mut halved = vec![0.0; width * height];
        for (y, out) in halved.chunks_exact_mut(width).enumerate() {
            let top = 2 * y * self.width..2 * y * self.width + 2 * width;
            let below = top.start + self.width..top.end + self.width;
            match &self.data {
                Data::U8(values) => means(&values[top], &values[below], out, |v| u32::from(*v)),
                Data::U16(values) => means(&values[top], &values[below], out, |v| u32::from(*v)),
                Data::F32(values) => float_means(&values[top], &values[below], out),
            }
        }
        Some(Level { width, height, data: Data::F32(Cow::Owned(halved)) })
    }
}

#[inline]
fn weighted<T: Copy>(
    values: &[T],
    first: usize,
    width: usize,
    weights: &[f32; 5],
    number: impl Fn(T) -> f32,
) -> Option<f32> {
    let mut sum = 0.0;
    for (j, wy) in weights.iter().enumerate() {
        let row: &[T; 5] = values.get(first + j * width..first + j * width + 5)?.first_chunk()?;
        let along: f32 = row.iter().zip(weights).map(|(&v, w)| number(v) * w).sum();
        sum += wy * along;
    }
    Some(sum)
}

fn means<T>(top: &[T], below: &[T], out: &mut [f32], number: impl Fn(&T) -> u32) {
    for ((mean, t), b) in out.iter_mut().zip(top.chunks_exact(2)).zip(below.chunks_exact(2)) {
        let sum = number(&t[0]) + number(&t[1]) + number(&b[0]) + number(&b[1]);
        *mean = sum as i32 as f32 * 0.25;
    }
}

fn float_means(top: &[f32], below: &[f32], out: &mut [f32]) {
    for ((mean, t), b) in out.iter_mut().zip(top.chunks_exact(2)).zip(below.chunks_exact(2)) {
        *mean = (t[0] * 0.25 + t[1] * 0.25) + (b[0] * 0.25 + b[1] * 0.25);
    }
    if !top.iter().chain(below).fold(false, |any, v| any | is_unmeasured(*v)) {
        return;
    }
    for ((mean, t), b) in out.iter_mut().zip(top.chunks_exact(2)).zip(below.chunks_exact(2)) {
        // The mean of what was measured; nothing measured stays nothing.
        let (mut sum, mut count) = (0.0_f64, 0.0);
        for value in t.iter().chain(b).filter_map(|&v| measured(v)) {
            (sum, count) = (sum + f64::from(value), count + 1.0);
        }
        *mean = (sum / count) as f32;
    }
}

/// Beyond this no instrument measures, and squares of floats overflow.
const LARGEST: f32 = 1e18;

/// True of NaN, infinities, and what is beyond all measure.
fn is_unmeasured(value: f32) -> bool {
    value.is_nan() || value.abs() >= LARGEST
}

fn measured(value: f32) -> Option<f32> {
    (!is_unmeasured(value)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_must_fit() {
        assert!(Grey::new(2, 2, Pixels::U8(vec![0; 3])).is_none());
        assert!(Grey::new(0, 5, Pixels::U8(vec![])).is_none());
        assert!(Grey::new(u32::MAX, u32::MAX, Pixels::F32(vec![0.0])).is_none());
        assert!(Grey::new(1, 3, Pixels::U16(vec![0; 3])).is_some());
    }

    #[test]
    fn halving_takes_means_of_what_was_measured() {
        let nan = f32::NAN;
        let values = vec![1.0, 2.0, nan, nan, 9.0, 3.0, nan, nan, nan, 9.0];
        let image = Grey::new(5, 2, Pixels::F32(values)).unwrap();
        let half = Level::native(&image).halved().unwrap();
        assert_eq!((half.width, half.height, half.at(0, 0)), (2, 1, 2.0));
        assert!(half.at(1, 0).is_nan());
        let image = Grey::new(2, 2, Pixels::U8(vec![255, 255, 255, 254])).unwrap();
        let half = Level::native(&image).halved().unwrap();
        assert_eq!(half.at(0, 0), 254.75);
        assert!(half.halved().is_none());
    }
}
