//! tmp
use simulate::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let mut r = SurveyRequest::new(std::path::Path::new(&a[1]), domain::Seed::root(1));
    r.count = a[2].parse().unwrap();
    let d = simulate_survey(&r, &domain::Silent).unwrap();
    println!("{}", d.len());
    let mut r = TrainingRequest::new(std::path::Path::new(&a[3]), domain::Seed::root(2));
    r.positives = a[4].parse().unwrap();
    r.negatives = r.positives;
    let d = simulate_training(&r, &domain::Silent).unwrap();
    println!("{}", d.len());
}
