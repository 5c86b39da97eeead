//! An index file of either layout, mapped: opening it looks at its headers and
//! its trees' leaves, the rest is read when it is searched.

use std::{
    borrow::Cow,
    io,
    ops::Range,
    path::{Path, PathBuf},
};

use bytemuck::AnyBitPattern;
use platesolve::{
    Index, IndexMeta, Tree,
    layout::{self, Layout, LayoutError},
};

use crate::mapped::Mapped;

/// An index file that is open.
#[derive(Debug)]
pub struct IndexFile {
    path: PathBuf,
    layout: Layout,
    bytes: Mapped,
    parts: Parts,
}

/// An index file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum IndexFileError {
    /// The operating system says no.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Its bytes are no index.
    #[error("{}: {error}", path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// Why.
        error: LayoutError,
    },
}

impl IndexFileError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |error| Self::Io { path, error }
    }

    /// The reason without the path.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Io { error, .. } => error.to_string(),
            Self::Layout { error, .. } => error.to_string(),
        }
    }
}

/// Numbers that lie in the file, or had to be copied.
#[derive(Debug)]
enum Piece<T> {
    Mapped(Range<usize>),
    Copied(Vec<T>),
}

#[derive(Debug)]
struct TreeParts<T> {
    dim: usize,
    right: Piece<i32>,
    split: Piece<T>,
    data: Piece<T>,
    low: Vec<f64>,
    scale: f64,
}

#[derive(Debug)]
struct Parts {
    meta: IndexMeta,
    quads: Piece<u32>,
    codes: TreeParts<u16>,
    stars: TreeParts<u32>,
    sweep: Piece<u8>,
    magnitude: Option<Piece<i16>>,
    motion: Option<Piece<i16>>,
}

impl IndexFile {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read or is no index.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, IndexFileError> {
        let path = path.into();
        let bytes = Mapped::open(&path).map_err(IndexFileError::io(&path))?;
        let read = Layout::of(&bytes).and_then(|layout| Ok((layout, layout::read(&bytes)?)));
        match read {
            Ok((layout, index)) => {
                let parts = Parts::of(index, &bytes);
                Ok(Self { path, layout, bytes, parts })
            }
            Err(error) => Err(IndexFileError::Layout { path, error }),
        }
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its layout.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// What the index is.
    #[must_use]
    pub fn meta(&self) -> &IndexMeta {
        &self.parts.meta
    }

    /// Bytes of the file.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The index, as the solver takes it; costs nothing.
    #[must_use]
    pub fn view(&self) -> Index<'_> {
        let (parts, bytes) = (&self.parts, &self.bytes[..]);
        Index {
            meta: parts.meta.clone(),
            quads: parts.quads.view(bytes),
            codes: parts.codes.view(bytes),
            stars: parts.stars.view(bytes),
            sweep: parts.sweep.view(bytes),
            magnitude: parts.magnitude.as_ref().map(|piece| piece.view(bytes)),
            motion: parts.motion.as_ref().map(|piece| piece.view(bytes)),
        }
    }

    /// Reads everything: checksums (of our layout), numbers of stars, split planes, normal form of codes.
    ///
    /// # Errors
    /// Names the first thing that is wrong.
    pub fn check(&self) -> Result<(), IndexFileError> {
        let wrong = |error| IndexFileError::Layout { path: self.path.clone(), error };
        layout::verify_checksums(&self.bytes).and_then(|()| layout::check(&self.view())).map_err(wrong)
    }
}

impl Parts {
    fn of(index: Index<'_>, bytes: &[u8]) -> Self {
        Self {
            meta: index.meta,
            quads: Piece::of(index.quads, bytes),
            codes: TreeParts::of(index.codes, bytes),
            stars: TreeParts::of(index.stars, bytes),
            sweep: Piece::of(index.sweep, bytes),
            magnitude: index.magnitude.map(|values| Piece::of(values, bytes)),
            motion: index.motion.map(|values| Piece::of(values, bytes)),
        }
    }
}

impl<T: AnyBitPattern> TreeParts<T> {
    fn of(tree: Tree<'_, T>, bytes: &[u8]) -> Self {
        Self {
            dim: tree.dim,
            right: Piece::of(tree.right, bytes),
            split: Piece::of(tree.split, bytes),
            data: Piece::of(tree.data, bytes),
            low: tree.low,
            scale: tree.scale,
        }
    }

    fn view<'a>(&'a self, bytes: &'a [u8]) -> Tree<'a, T> {
        Tree {
            dim: self.dim,
            right: self.right.view(bytes),
            split: self.split.view(bytes),
            data: self.data.view(bytes),
            low: self.low.clone(),
            scale: self.scale,
        }
    }
}

impl<T: AnyBitPattern> Piece<T> {
    /// Remembers where borrowed numbers lie in `bytes`.
    fn of(numbers: Cow<'_, [T]>, bytes: &[u8]) -> Self {
        match numbers {
            Cow::Owned(copied) => Self::Copied(copied),
            Cow::Borrowed(borrowed) => {
                let start = borrowed.as_ptr().addr().wrapping_sub(bytes.as_ptr().addr());
                let range = start..start.wrapping_add(size_of_val(borrowed));
                // Empty slices may point anywhere.
                let inside = !borrowed.is_empty() && range.start <= range.end && range.end <= bytes.len();
                if inside { Self::Mapped(range) } else { Self::Copied(borrowed.to_vec()) }
            }
        }
    }

    fn view<'a>(&'a self, bytes: &'a [u8]) -> Cow<'a, [T]> {
        Cow::Borrowed(match self {
            Self::Copied(copied) => copied,
            Self::Mapped(range) => {
                bytes.get(range.clone()).and_then(|b| bytemuck::try_cast_slice(b).ok()).unwrap_or_default()
            }
        })
    }
}
