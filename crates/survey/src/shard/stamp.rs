//! What a shard's bytes were when somebody last read or wrote them all: SHA-256 and CRC-32, with size and time of
//! the file, kept with the file by the file system (an extended attribute). While size and time stand, CRC-32 is
//! enough to notice a failing disk, and costs a tenth of SHA-256. Copies, and file systems without such
//! attributes, have no stamp and are hashed.

use std::{fs::File, time::UNIX_EPOCH};

use domain::Digest;

/// Where it is kept.
#[cfg(any(target_os = "linux", target_os = "macos"))]
const NAME: &str = "user.lensfinder.shard";

/// Of the text below.
const VERSION: &str = "1";

/// The digests of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub digest: Digest,
    pub crc: u32,
}

impl Stamp {
    /// The stamp of a file that was not touched since.
    pub(super) fn of(file: &File) -> Option<Self> {
        let text = read(file)?;
        let mut words = text.split(' ');
        if words.next() != Some(VERSION) {
            return None;
        }
        let digest = words.next()?.parse().ok()?;
        let crc = u32::from_str_radix(words.next()?, 16).ok()?;
        let stamp = Self { digest, crc };
        (text == stamp.text(file)?).then_some(stamp)
    }

    /// Stamps a file, where its file system can; without, it is only hashed again.
    pub(super) fn put(self, file: &File) {
        if let Some(text) = self.text(file) {
            write(file, &text);
        }
    }

    fn text(self, file: &File) -> Option<String> {
        let data = file.metadata().ok()?;
        let changed = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
        Some(format!("{VERSION} {} {:08x} {} {changed}", self.digest, self.crc, data.len()))
    }
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn read(file: &File) -> Option<String> {
    let mut bytes = [0_u8; 200];
    let length = rustix::fs::fgetxattr(file, NAME, &mut bytes).ok()?;
    String::from_utf8(bytes.get(..length)?.to_vec()).ok()
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn write(file: &File, text: &str) {
    // Not every file system can, and none needs the answer.
    let _ = rustix::fs::fsetxattr(file, NAME, text.as_bytes(), rustix::fs::XattrFlags::empty());
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn read(_: &File) -> Option<String> {
    None
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn write(_: &File, _: &str) {}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_stamp_holds_until_the_file_is_touched() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"some bytes").unwrap();
        assert_eq!(Stamp::of(&file), None);
        let stamp = Stamp { digest: Digest::of(b"some bytes"), crc: 0x0123_abcd };
        stamp.put(&file);
        let Some(found) = Stamp::of(&file) else {
            println!("SKIPPED: the temporary folder's file system keeps no attributes");
            return;
        };
        assert_eq!(found, stamp);
        file.write_all(b" more").unwrap();
        assert_eq!(Stamp::of(&file), None);
    }
}
