//! `lensfinder export`: votes and beliefs as CSV (RFC 4180, UTC, stable order).

use std::{io::Write, sync::Arc};

use campaign::{Context, setup};
use tokio_stream::StreamExt as _;

use crate::{
    arguments::{Export, ExportWhat, Place},
    failure::Failure,
    opening::open,
    terminal::Terminal,
};

/// Candidates written at most.
const MOST_CANDIDATES: u32 = 1_000_000;

/// Runs the command.
pub async fn run(wish: Export, place: Place, terminal: Arc<Terminal>) -> Result<(), Failure> {
    let context = open(&place, terminal).await?;
    let to: Box<dyn Write + Send> = match &wish.out {
        Some(path) => Box::new(std::fs::File::create(path)?),
        None => Box::new(std::io::stdout()),
    };
    let mut writer = csv::Writer::from_writer(to);
    match wish.what {
        ExportWhat::Votes => votes(&context, &wish.slug, &mut writer).await?,
        ExportWhat::Consensus => beliefs(&context, &wish.slug, 0.0, &mut writer).await?,
        ExportWhat::Candidates => {
            let threshold = setup::open(&context, &wish.slug).await?.spec.candidate_threshold;
            beliefs(&context, &wish.slug, threshold, &mut writer).await?;
        }
    }
    writer.flush().map_err(csv::Error::from)?;
    Ok(())
}

async fn votes<W: Write>(context: &Context, slug: &str, to: &mut csv::Writer<W>) -> Result<(), Failure> {
    let project = setup::open(context, slug).await?;
    let mark = context.store.high_water_mark(project.id).await?;
    to.write_record([
        "vote_id",
        "subject",
        "volunteer",
        "answer",
        "submitted_at",
        "seconds",
        "mark_x",
        "mark_y",
        "round",
        "is_training",
        "truth",
        "strategy",
        "rank",
        "inclusion_probability",
        "model_version",
        "retracted",
    ])?;
    let mut rows = context.store.vote_rows(project.id, mark, project.pseudonyms);
    while let Some(row) = rows.next().await {
        let row = row?;
        let training = row.role.is_training();
        to.write_record([
            row.id.to_string(),
            row.external_id,
            row.volunteer,
            row.answer.name().to_owned(),
            row.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            optional(row.seconds),
            optional(row.mark.map(|mark| mark.x)),
            optional(row.mark.map(|mark| mark.y)),
            optional(row.round),
            training.to_string(),
            if training { row.label.code().to_string() } else { String::new() },
            row.strategy,
            optional(row.rank),
            optional(row.inclusion_probability),
            row.model_version.unwrap_or_default(),
            row.retracted.to_string(),
        ])?;
    }
    Ok(())
}

async fn beliefs<W: Write>(
    context: &Context,
    slug: &str,
    at_least: f64,
    to: &mut csv::Writer<W>,
) -> Result<(), Failure> {
    let project = setup::open(context, slug).await?;
    let rounds = context.store.rounds(project.id).await?;
    let round = rounds.last().map_or(0, |round| round.number);
    to.write_record([
        "subject", "ra_deg", "dec_deg", "p_votes", "p_joint", "status", "no_lens", "unsure", "lens", "round",
    ])?;
    for candidate in context.store.candidates(project.id, round, at_least, MOST_CANDIDATES).await? {
        let (subject, belief) = (candidate.subject, candidate.posterior);
        to.write_record([
            subject.external_id,
            optional(subject.position.map(|sky| sky.ra_deg)),
            optional(subject.position.map(|sky| sky.dec_deg)),
            belief.p_votes.to_string(),
            optional(belief.p_joint),
            belief.status,
            belief.tally.no_lens.to_string(),
            belief.tally.unsure.to_string(),
            belief.tally.lens.to_string(),
            round.to_string(),
        ])?;
    }
    Ok(())
}

fn optional<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
