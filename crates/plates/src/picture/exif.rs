//! The date of a photograph from its EXIF block: the few steps through the
//! block's directories that lead to three tags. Every offset is checked; a
//! block that makes no sense has no date.

/// Offset of the directory with the camera's tags.
const EXIF_DIRECTORY: u16 = 0x8769;
/// When the picture was taken, when it was digitised, and when the file was changed: best first.
const DATES: [u16; 3] = [0x9003, 0x9004, 0x0132];
/// Entries of a directory that are looked at.
const MOST_ENTRIES: usize = 512;

/// Reader of a block in its own byte order.
struct Block<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
}

impl Block<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        let pair: [u8; 2] = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.is_big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let four: [u8; 4] = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.is_big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    }

    /// Where the 12 bytes of a tag begin in a directory.
    fn entry(&self, directory: usize, tag: u16) -> Option<usize> {
        let count = usize::from(self.u16(directory)?).min(MOST_ENTRIES);
        (0..count)
            .filter_map(|i| directory.checked_add(2 + 12 * i))
            .find(|&entry| self.u16(entry) == Some(tag))
    }

    /// The text of a tag.
    fn text(&self, directory: usize, tag: u16) -> Option<&str> {
        let entry = self.entry(directory, tag)?;
        let length = self.u32(entry + 4)? as usize;
        let start = self.u32(entry + 8)? as usize;
        let text = self.bytes.get(start..start.checked_add(length.min(64))?)?;
        std::str::from_utf8(text).ok().map(|text| text.trim_end_matches('\0'))
    }
}

/// When a picture was taken, as a Julian year.
pub(super) fn date(bytes: &[u8]) -> Option<f64> {
    let bytes = bytes.strip_prefix(b"Exif\0\0").unwrap_or(bytes);
    let block = Block { bytes, is_big_endian: bytes.starts_with(b"MM") };
    let first = block.u32(4)? as usize;
    let camera = block.entry(first, EXIF_DIRECTORY).and_then(|entry| block.u32(entry + 8));
    let directories = [camera.map(|at| at as usize), Some(first)];
    DATES.iter().find_map(|&tag| {
        directories.iter().flatten().find_map(|&at| super::date::parse(block.text(at, tag)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        // One entry: the camera's directory at 26.
        bytes.extend([1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0]);
        // One entry: 20 letters at 44.
        bytes.extend([1, 0, 0x03, 0x90, 2, 0, 20, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(b"2019:07:29 20:47:26\0");
        bytes
    }

    #[test]
    fn the_date_of_the_shot_is_found() {
        let year = date(&block()).unwrap();
        assert!((year - 2019.573).abs() < 0.001, "{year}");
        let prefixed = [b"Exif\0\0".as_slice(), &block()].concat();
        assert_eq!(date(&prefixed), Some(year));
    }

    #[test]
    fn damaged_blocks_have_no_date_and_do_no_harm() {
        let whole = block();
        for length in 0..whole.len() - 1 {
            assert_eq!(date(&whole[..length]), None, "{length}");
        }
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] = 0xff;
            let _ = date(&broken);
        }
    }
}
