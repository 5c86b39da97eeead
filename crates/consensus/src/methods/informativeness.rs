//! What one vote tells about the class, in bits: the mutual information of answer and class.

/// Σ_k π_k Σ_a θ_ka log₂(θ_ka / Σ_l π_l θ_la), for `confusion` θ with one row of `answers` per class.
pub(crate) fn confusion_bits(confusion: &[f64], prevalence: &[f64], answers: usize) -> f64 {
    let mut bits = 0.0;
    for answer in 0..answers {
        let said = |class: usize| confusion[class * answers + answer];
        let overall: f64 = prevalence.iter().enumerate().map(|(class, share)| share * said(class)).sum();
        for (class, share) in prevalence.iter().enumerate() {
            if said(class) > 0.0 && overall > 0.0 {
                bits += share * said(class) * (said(class) / overall).log2();
            }
        }
    }
    bits.max(0.0)
}

/// The same for somebody who is right with probability `right` and otherwise says any other class
/// alike; without the table.
pub(crate) fn coin_bits(right: f64, prevalence: &[f64]) -> f64 {
    let classes = prevalence.len();
    if classes < 2 {
        return 0.0;
    }
    let wrong = (1.0 - right) / (classes - 1) as f64;
    let overall = |share: f64| wrong + share * (right - wrong);
    let term = |said: f64, overall: f64| if said > 0.0 { said * (said / overall).log2() } else { 0.0 };
    let bits: f64 = prevalence
        .iter()
        .map(|share| share * term(right, overall(*share)) + (1.0 - share) * term(wrong, overall(*share)))
        .sum();
    bits.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coin_is_a_table_with_a_coin_in_it() {
        let prevalence = [0.2, 0.3, 0.5];
        for right in [0.0, 1.0 / 3.0, 0.5, 0.9, 1.0] {
            let wrong = (1.0 - right) / 2.0;
            let table = [right, wrong, wrong, wrong, right, wrong, wrong, wrong, right];
            let (one, other) = (coin_bits(right, &prevalence), confusion_bits(&table, &prevalence, 3));
            assert!((one - other).abs() < 1e-12, "{right}: {one} {other}");
        }
        assert!((coin_bits(1.0, &[0.5, 0.5]) - 1.0).abs() < 1e-12);
        assert!(coin_bits(0.5, &[0.5, 0.5]) < 1e-12);
        assert_eq!(coin_bits(1.0, &[1.0]), 0.0);
    }
}
