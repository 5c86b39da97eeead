//! Arrays of numbers in bytes: borrowed where they can be, else copied.

use std::borrow::Cow;

use bytemuck::AnyBitPattern;

use super::LayoutError;

/// Order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// A number that index files hold.
pub(super) trait Number: AnyBitPattern + Clone + 'static {
    /// Bytes of one.
    const SIZE: usize = size_of::<Self>();
    /// The number of these bytes; there are [`Number::SIZE`].
    fn decode(bytes: &[u8], order: Order) -> Self;
    /// Appends its little-endian bytes.
    fn encode(self, out: &mut Vec<u8>);
}

macro_rules! number {
    ($($of:ty),*) => {$(
        impl Number for $of {
            fn decode(bytes: &[u8], order: Order) -> Self {
                let mut raw = [0; size_of::<$of>()];
                raw.copy_from_slice(bytes);
                match order {
                    Order::Little => Self::from_le_bytes(raw),
                    Order::Big => Self::from_be_bytes(raw),
                }
            }

            fn encode(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}
number!(u8, i16, u16, i32, u32, f32, f64);

/// The numbers in `bytes`, whose length must be a multiple of a number's.
pub(super) fn numbers<'a, T: Number>(
    bytes: &'a [u8],
    order: Order,
    what: &str,
) -> Result<Cow<'a, [T]>, LayoutError> {
    if !bytes.len().is_multiple_of(T::SIZE) {
        let expected = format!("a multiple of {}", T::SIZE);
        return Err(LayoutError::wrong(format!("the length of {what}"), bytes.len(), expected));
    }
    let native = if cfg!(target_endian = "little") { Order::Little } else { Order::Big };
    if order == native
        && let Ok(borrowed) = bytemuck::try_cast_slice(bytes)
    {
        return Ok(Cow::Borrowed(borrowed));
    }
    Ok(Cow::Owned(bytes.chunks_exact(T::SIZE).map(|one| T::decode(one, order)).collect()))
}

/// Little-endian bytes of numbers.
pub(super) fn encode<T: Number>(numbers: &[T]) -> Vec<u8> {
    let mut out = Vec::with_capacity(numbers.len() * T::SIZE);
    for &number in numbers {
        number.encode(&mut out);
    }
    out
}

/// A piece of a file; an error names it.
pub(super) fn piece<'a>(
    bytes: &'a [u8],
    start: u64,
    length: u64,
    what: &str,
) -> Result<&'a [u8], LayoutError> {
    let end = start.saturating_add(length);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    range.and_then(|(start, end)| bytes.get(start..end)).ok_or_else(|| LayoutError::Truncated {
        what: what.to_owned(),
        needed: end,
        found: bytes.len() as u64,
    })
}
