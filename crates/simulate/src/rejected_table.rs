//! `rejected.parquet`: the arcs that were tried and left out, a row each.

use serde::{Deserialize, Serialize};

use crate::{
    draw::Rejected,
    table::{Column, Holds, Value},
};

/// Name of the file in a dataset's folder.
pub const FILE: &str = "rejected.parquet";

/// What the file says of itself.
pub const ABOUT: &str =
    "simulated arcs that missed a limit on the way to the lens mock_id; no positives, a completeness curve";

macro_rules! column {
    ($name:literal $of:expr) => {
        Column { name: $name, holds: Holds::Real, of: $of }
    };
}

fn real(value: f64) -> Value {
    Value::Real(Some(value))
}

/// An arc that was left out, and the lens that was made instead.
#[derive(Serialize, Deserialize)]
pub struct RejectedOf {
    pub mock_id: String,
    pub arc: Rejected,
}

/// The columns, in order.
pub const COLUMNS: &[Column<RejectedOf>] = &[
    Column { name: "mock_id", holds: Holds::Text, of: |r| Value::Text(Some(r.mock_id.clone())) },
    Column { name: "reason", holds: Holds::Text, of: |r| Value::Text(Some(r.arc.missed.name().to_owned())) },
    Column {
        name: "placement",
        holds: Holds::Text,
        of: |r| Value::Text(Some(r.arc.placement.name().to_owned())),
    },
    column!("z_cluster" | r | real(r.arc.z_cluster)),
    column!("m200_msun" | r | real(r.arc.m200_msun)),
    column!("c200" | r | real(r.arc.c200)),
    column!("q_nfw" | r | real(r.arc.q_nfw)),
    column!("theta_e_arcsec" | r | real(r.arc.theta_e_arcsec)),
    column!("z_source" | r | real(r.arc.z_source)),
    column!("x_source" | r | real(r.arc.x_source)),
    column!("y_source" | r | real(r.arc.y_source)),
    column!("r_e_source" | r | real(r.arc.r_e_source)),
    column!("n_source" | r | real(r.arc.n_source)),
    column!("q_source" | r | real(r.arc.q_source)),
    column!("mag_source_g" | r | real(r.arc.mag_source[0])),
    column!("mag_source_r" | r | real(r.arc.mag_source[1])),
    column!("mag_source_z" | r | real(r.arc.mag_source[2])),
    column!("magnified_mag_g" | r | real(r.arc.lensed_mag[0])),
    column!("magnified_mag_r" | r | real(r.arc.lensed_mag[1])),
    column!("magnified_mag_z" | r | real(r.arc.lensed_mag[2])),
    column!("mu_total" | r | real(r.arc.mu_total)),
    column!("arc_sn_g" | r | real(r.arc.arc_sn[0])),
    column!("arc_sn_r" | r | real(r.arc.arc_sn[1])),
    column!("arc_sn_z" | r | real(r.arc.arc_sn[2])),
    column!("arc_length_arcsec" | r | real(r.arc.arc_length_arcsec)),
    column!("arc_peak_sigma" | r | real(r.arc.arc_peak_sigma)),
];
