//! A convolution made ready for one kernel: its weights in the order in which they are read, and the tiles
//! that cover its output.

use std::ops::Range;

use crate::{
    kernel::{MOST_RUNS, Number, Tile, TileFn, TileShape, Tiles, step},
    layout::{Layout, SLACK},
    network::LANES,
};

/// What a convolution is, without its numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    pub kernel: usize,
    pub stride: usize,
    pub relu: bool,
    pub source: Layout,
    pub target: Layout,
    /// Of the value that is added; it has the target's shape.
    pub add: Option<Layout>,
}

/// A tile at its place. Offsets within one picture.
struct Job<N: 'static> {
    compute: TileFn<N>,
    shape: TileShape,
    /// The output's first pixel.
    at: [usize; 2],
    source: [usize; MOST_RUNS],
    target: [usize; MOST_RUNS],
    add: [usize; MOST_RUNS],
}

/// Output channels that are computed together.
struct Chunk {
    first_block: usize,
    /// Which list of jobs.
    jobs: usize,
    /// Where its weights begin.
    weights: usize,
}

/// A convolution ready to run.
pub(crate) struct Convolution<N: 'static> {
    form: Form,
    /// Where a pixel's stretches of inputs begin.
    taps: Vec<usize>,
    /// Groups in each.
    groups: usize,
    weights: Vec<N>,
    bias: Vec<f32>,
    chunks: Vec<Chunk>,
    jobs: Vec<Vec<Job<N>>>,
    prepare: Option<unsafe fn(Option<TileShape>)>,
}

impl<N: Number> Convolution<N> {
    /// `weights` `[out, in, kernel, kernel]`, `bias` `[out]`, of the lengths that the form says.
    ///
    /// # Panics
    /// When a tile would reach beyond its picture: a mistake of this file.
    pub fn new(form: Form, weights: &[f32], bias: &[f32], tiles: &Tiles<N>) -> Self {
        let Form { kernel, source, target, .. } = form;
        assert!(source.border >= kernel / 2 && !target.is_bands);
        let columns = if source.is_bands || tiles.is_joined { kernel } else { 1 };
        let taps = (0..source.blocks()).flat_map(|block| {
            let begins = (0..kernel)
                .flat_map(move |row| (0..kernel).step_by(columns).map(move |column| (row, column)));
            begins.map(move |(row, column)| block * source.plane() + source.at(row, column))
        });
        let taps: Vec<_> = taps.collect();
        let groups = (columns * source.lanes()).next_multiple_of(tiles.depth) / N::GROUP;
        let blocks = target.blocks();
        let widest = tiles.shapes.iter().map(|shape| shape.vectors).max().unwrap_or(1);
        let (mut chunks, mut packed, mut jobs, mut widths) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut first_block = 0;
        while first_block < blocks {
            let vectors = if blocks - first_block >= widest { widest } else { 1 };
            let list = widths.iter().position(|width| *width == vectors).unwrap_or_else(|| {
                widths.push(vectors);
                jobs.push(Self::cover(&form, tiles, vectors));
                jobs.len() - 1
            });
            chunks.push(Chunk { first_block, jobs: list, weights: packed.len() });
            pack(
                &form,
                weights,
                first_block * LANES..(first_block + vectors) * LANES,
                columns,
                groups,
                &mut packed,
            );
            first_block += vectors;
        }
        let mut bias = bias.to_vec();
        bias.resize(blocks * LANES, 0.0);
        let made = Self { form, taps, groups, weights: packed, bias, chunks, jobs, prepare: tiles.prepare };
        made.assert_within();
        made
    }

    /// Tiles of so many vectors that cover the output once: the largest that fit, then ever smaller ones.
    fn cover(form: &Form, tiles: &Tiles<N>, vectors: usize) -> Vec<Job<N>> {
        let side = form.target.shape.side;
        let fitting = |rows: usize, columns: usize| {
            let shapes = tiles.shapes.iter().filter(move |shape| {
                shape.vectors == vectors && shape.runs <= rows && shape.pixels <= columns
            });
            // Of equals the first; one that leaves columns over is worth what it covers.
            shapes
                .rev()
                .max_by_key(move |shape| shape.runs * shape.pixels * (columns / shape.pixels * shape.pixels))
        };
        let mut jobs = Vec::new();
        let mut row = 0;
        while row < side {
            let shape = *fitting(side - row, side).expect("every kernel has a tile of one pixel");
            let mut column = 0;
            while column + shape.pixels <= side {
                jobs.push(Self::job(form, tiles, shape, row, column));
                column += shape.pixels;
            }
            for row in row..row + shape.runs {
                let mut column = column;
                while column < side {
                    let shape = *fitting(1, side - column).expect("every kernel has a tile of one pixel");
                    jobs.push(Self::job(form, tiles, shape, row, column));
                    column += shape.pixels;
                }
            }
            row += shape.runs;
        }
        jobs
    }

    fn job(form: &Form, tiles: &Tiles<N>, shape: TileShape, row: usize, column: usize) -> Job<N> {
        let Form { kernel, stride, source, target, add, .. } = *form;
        let step = match (!source.is_bands, stride) {
            (true, 1) => step::BLOCK,
            (true, _) => step::BLOCK_TWO,
            (false, 1) => step::BANDS,
            (false, _) => step::BANDS_TWO,
        };
        let compute = (tiles.of)(shape, step).expect("a kernel has its shapes for every step");
        let corner = source.border - kernel / 2;
        let each = |place: &dyn Fn(usize) -> usize| {
            std::array::from_fn(|run| if run < shape.runs { place(row + run) } else { 0 })
        };
        Job {
            compute,
            shape,
            at: [row, column],
            source: each(&|row| source.at(row * stride + corner, column * stride + corner)),
            target: each(&|row| target.inner(row, column)),
            add: each(&|row| add.map_or(0, |add| add.inner(row, column))),
        }
    }

    /// What the kernels' safety rests on: no tile of a picture reaches beyond it (and the slack behind the
    /// last), and together they write each output once.
    fn assert_within(&self) {
        let Form { source, target, add, stride, .. } = self.form;
        let run = self.groups * N::GROUP;
        let furthest = self.taps.iter().max().copied().unwrap_or(0) + run;
        let step = source.lanes() * stride;
        let side = target.shape.side;
        if let Some(add) = add {
            assert!(add.shape == target.shape && add.plane() == target.plane());
        }
        for chunk in &self.chunks {
            let jobs = &self.jobs[chunk.jobs];
            let vectors = jobs.first().map_or(0, |job| job.shape.vectors);
            assert!(chunk.first_block + vectors <= target.blocks());
            assert!((chunk.first_block + vectors) * LANES <= self.bias.len());
            assert!(chunk.weights + self.taps.len() * run * vectors * LANES <= self.weights.len());
            let mut covered = vec![false; side * side];
            for job in jobs {
                let TileShape { runs, pixels, vectors: of_job } = job.shape;
                assert!(of_job == vectors && job.at[0] + runs <= side && job.at[1] + pixels <= side);
                for run in 0..runs {
                    let first = (job.at[0] + run) * side + job.at[1];
                    for covered in &mut covered[first..first + pixels] {
                        assert!(!std::mem::replace(covered, true));
                    }
                    assert!(job.source[run] + (pixels - 1) * step + furthest <= source.picture() + SLACK);
                    let reach = (chunk.first_block + vectors - 1) * target.plane() + pixels * LANES;
                    assert!(job.target[run] + reach <= target.picture());
                    assert!(job.add[run] + reach <= add.map_or(usize::MAX, |add| add.picture()));
                }
            }
            assert!(covered.iter().all(|covered| *covered));
        }
    }

    /// Computes the outputs of so many pictures. `source`, `add` and `target` hold them one after another,
    /// with [`SLACK`] numbers behind the last.
    ///
    /// # Panics
    /// When a slice is too short or `add` is not there as the form says.
    pub fn run(&self, pictures: usize, source: &[N], add: Option<&[N]>, target: &mut [N]) {
        let Form { source: from, target: to, .. } = self.form;
        assert!(source.len() >= pictures * from.picture() + SLACK);
        assert!(target.len() >= pictures * to.picture());
        let adding = match (self.form.add, add) {
            (Some(layout), Some(add)) => {
                assert!(add.len() >= pictures * layout.picture());
                Some((layout, add))
            }
            (None, None) => None,
            _ => panic!("a value is added that the form does not have, or the other way round"),
        };
        // SAFETY: the kernels are ones this processor has (`Engine::new` checked). `assert_within` showed that
        // every tile stays within its picture (and the slack), its weights and its bias, and the assertions above
        // that the pictures are there; `target` is borrowed for writing alone, and tiles run one after another.
        #[expect(unsafe_code, reason = "kernels read and write through pointers")]
        unsafe {
            let (source, target) = (source.as_ptr(), target.as_mut_ptr());
            let mut ready = None;
            for chunk in &self.chunks {
                let plane = chunk.first_block * to.plane();
                let weights = self.weights.as_ptr().add(chunk.weights);
                let bias = self.bias.as_ptr().add(chunk.first_block * LANES);
                for picture in 0..pictures {
                    let source = source.add(picture * from.picture());
                    let target = target.add(picture * to.picture() + plane);
                    let add =
                        adding.map(|(layout, add)| add.as_ptr().add(picture * layout.picture() + plane));
                    for job in &self.jobs[chunk.jobs] {
                        if let Some(prepare) = self.prepare
                            && ready != Some(job.shape)
                        {
                            ready = Some(job.shape);
                            prepare(ready);
                        }
                        (job.compute)(&Tile {
                            source: job.source.map(|at| source.add(at)),
                            taps: &self.taps,
                            groups: self.groups,
                            weights,
                            bias,
                            add: add
                                .map_or([std::ptr::null(); MOST_RUNS], |add| job.add.map(|at| add.add(at))),
                            target: job.target.map(|at| target.add(at)),
                            plane: to.plane(),
                            relu: self.form.relu,
                        });
                    }
                }
            }
            if let Some(prepare) = self.prepare {
                prepare(None);
            }
        }
    }
}

/// Appends weights in the order in which tiles read them: stretch, group, output channel, place in the group.
/// A stretch has so many columns of the convolution's kernel.
fn pack<N: Number>(
    form: &Form,
    weights: &[f32],
    outputs: Range<usize>,
    columns: usize,
    groups: usize,
    packed: &mut Vec<N>,
) {
    let Form { kernel, source, target, .. } = *form;
    let (channels, lanes) = (source.shape.channels, source.lanes());
    let at = |out: usize, channel: usize, row: usize, column: usize| {
        if out < target.shape.channels && channel < channels {
            weights[((out * channels + channel) * kernel + row) * kernel + column]
        } else {
            0.0
        }
    };
    for block in 0..source.blocks() {
        for row in 0..kernel {
            for first in (0..kernel).step_by(columns) {
                for group in 0..groups {
                    for out in outputs.clone() {
                        for place in group * N::GROUP..(group + 1) * N::GROUP {
                            let (column, lane) = (place / lanes, place % lanes);
                            let is_there = column < columns;
                            packed.push(N::of(if is_there {
                                at(out, block * lanes + lane, row, first + column)
                            } else {
                                0.0
                            }));
                        }
                    }
                }
            }
        }
    }
}
