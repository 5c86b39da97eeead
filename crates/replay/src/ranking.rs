//! Figures of a ranking: how many of the lenses its beginning holds, and how pure it is.

/// A ranking, most likely lens first, as whether each is a lens; and how many lenses there are, in it and
/// elsewhere.
pub(crate) struct Ranking {
    is_lens: Vec<bool>,
    lenses: usize,
}

impl Ranking {
    pub(crate) fn new(is_lens: impl IntoIterator<Item = bool>, lenses: usize) -> Self {
        Self { is_lens: is_lens.into_iter().collect(), lenses }
    }

    /// Share of the lenses in the longest beginning of which at least `purity` are lenses; `None` without
    /// any lens.
    pub(crate) fn completeness_at_purity(&self, purity: f64) -> Option<f64> {
        let (mut found, mut most) = (0_usize, 0_usize);
        for (before, is_lens) in self.is_lens.iter().enumerate() {
            found += usize::from(*is_lens);
            if found as f64 >= purity * (before + 1) as f64 {
                most = found;
            }
        }
        self.share(most)
    }

    /// Mean over the lenses of the purity of the ranking down to each; lenses elsewhere count 0.
    pub(crate) fn average_precision(&self) -> Option<f64> {
        let (mut found, mut sum) = (0_usize, 0.0);
        for (before, is_lens) in self.is_lens.iter().enumerate() {
            if *is_lens {
                found += 1;
                sum += found as f64 / (before + 1) as f64;
            }
        }
        (self.lenses > 0).then(|| sum / self.lenses as f64)
    }

    /// Share of the lenses before more than `share` of the others.
    pub(crate) fn tpr_at_fpr(&self, share: f64) -> Option<f64> {
        let others = self.is_lens.iter().filter(|is_lens| !**is_lens).count();
        let may_pass = (share * others as f64).floor() as usize;
        let (mut found, mut passed) = (0_usize, 0_usize);
        for is_lens in &self.is_lens {
            if *is_lens {
                found += 1;
            } else if passed == may_pass {
                break;
            } else {
                passed += 1;
            }
        }
        self.share(found)
    }

    fn share(&self, found: usize) -> Option<f64> {
        (self.lenses > 0).then(|| found as f64 / self.lenses as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(letters: &str, lenses: usize) -> Ranking {
        Ranking::new(letters.chars().map(|letter| letter == 'L'), lenses)
    }

    #[test]
    fn figures_by_hand() {
        let some = ranking("L.LL....L.", 4);
        assert_eq!(some.completeness_at_purity(1.0), Some(0.25));
        assert_eq!(some.completeness_at_purity(0.7), Some(0.75));
        assert_eq!(some.completeness_at_purity(0.3), Some(1.0));
        let ap = (1.0 + 2.0 / 3.0 + 3.0 / 4.0 + 4.0 / 9.0) / 4.0;
        assert!((some.average_precision().unwrap() - ap).abs() < 1e-12);
        assert_eq!(some.tpr_at_fpr(0.0), Some(0.25));
        assert_eq!(some.tpr_at_fpr(0.2), Some(0.75), "one of six others may pass");
        assert_eq!(some.tpr_at_fpr(1.0), Some(1.0));
    }

    #[test]
    fn what_is_not_in_the_ranking_was_not_found_and_without_lenses_there_is_no_share() {
        assert_eq!(ranking("LL", 8).completeness_at_purity(0.5), Some(0.25));
        assert_eq!(ranking("LL", 8).average_precision(), Some(0.25));
        let none = ranking("...", 0);
        let figures = [none.completeness_at_purity(0.3), none.average_precision(), none.tpr_at_fpr(0.1)];
        assert_eq!(figures, [None; 3]);
    }
}
