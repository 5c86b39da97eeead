//! Pictures that people had placed on the sky. Each belongs to one person and is private until that person
//! sends it to the leads; what it says is the server's JSON, its pixels are the server's own encoding.

use std::time::Duration;

use domain::{Timestamp, VolunteerId};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Result, Store,
    store::{on_backend, write_on_backend},
};

/// Something the server has finished with.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPlacement {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub volunteer: VolunteerId,
    /// As the person's device called it.
    pub file_name: String,
    /// Whether it was found on the sky.
    pub placed: bool,
    /// Where it lies, or why that is not known.
    pub result: Value,
    /// Its pixels, where the file had any.
    pub picture: Option<PlacementPicture>,
}

/// Pixels of a placed picture, as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacementPicture {
    /// Such as `image/jpeg`.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A picture and where it lies, without its pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub volunteer: VolunteerId,
    /// Their name.
    pub author: String,
    /// As their device called it.
    pub file_name: String,
    /// When it was finished.
    pub at: Timestamp,
    /// Whether it was found on the sky.
    pub placed: bool,
    /// Where it lies, or why that is not known.
    pub result: Value,
    /// Whether its pixels are kept.
    pub has_picture: bool,
    /// What was written to the leads, if it was sent.
    pub note: Option<String>,
    /// When.
    pub sent_at: Option<Timestamp>,
    /// When a lead dealt with it.
    pub done_at: Option<Timestamp>,
}

/// Place in a list sorted by time and id, newest first.
pub type PlacementPlace = (Timestamp, Uuid);

/// A piece of the sky between two parallels and two meridians; the edges are in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SkyBox {
    /// Lowest and highest declination, degrees.
    pub dec_deg: (f64, f64),
    /// Right ascensions from the first eastwards to the second, degrees, 0 to 360; the first is the larger where
    /// that leads across 0.
    pub ra_deg: (f64, f64),
}

/// A published discovery with a position.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedDiscovery {
    /// Its name in addresses.
    pub slug: String,
    /// English title; may be empty.
    pub title_en: String,
    /// Chinese title; may be empty.
    pub title_zh: String,
    /// How sure it is.
    pub grade: Option<String>,
    /// Right ascension, degrees.
    pub ra_deg: f64,
    /// Declination, degrees.
    pub dec_deg: f64,
}

/// A detected image of the survey. For leads only: volunteers may still be asked about it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedCandidate {
    /// Its id in its dataset.
    pub external_id: String,
    /// The project's slug.
    pub project: String,
    /// Probability of a lens from people and network.
    pub p_joint: f64,
    /// Right ascension, degrees.
    pub ra_deg: f64,
    /// Declination, degrees.
    pub dec_deg: f64,
}

impl Store {
    /// Keeps a placement.
    ///
    /// # Errors
    /// [`crate::AccountRefusal::TooMany`] when the person has `most` already; `NotFound` when they have left.
    pub async fn add_placement(&self, new: NewPlacement, most: u32) -> Result<()> {
        let now = self.now();
        write_on_backend!(self, "keeping a placement", placement::add(new, most, now))
    }

    /// How many somebody has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn placement_count(&self, volunteer: VolunteerId) -> Result<u64> {
        on_backend!(self, read, "counting placements", placement::count(volunteer))
    }

    /// One placement, whoever's it is: whether it may be shown is for the caller to say.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn placement(&self, id: Uuid) -> Result<Option<Placement>> {
        on_backend!(self, read, "reading a placement", placement::one(id))
    }

    /// Its pixels.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn placement_picture(&self, id: Uuid) -> Result<Option<PlacementPicture>> {
        on_backend!(self, read, "reading a placed picture", placement::picture(id))
    }

    /// Somebody's placements, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn placements_of(
        &self,
        volunteer: VolunteerId,
        after: Option<PlacementPlace>,
        limit: u32,
    ) -> Result<Vec<Placement>> {
        on_backend!(self, read, "reading placements", placement::page_of(volunteer, after, limit))
    }

    /// What was sent to the leads, last sent first; `done`: only what they dealt with, or only what they did not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sent_placements(
        &self,
        done: Option<bool>,
        after: Option<PlacementPlace>,
        limit: u32,
    ) -> Result<Vec<Placement>> {
        on_backend!(self, read, "reading sent placements", placement::page_sent(done, after, limit))
    }

    /// Shows a placement to the leads, with a note; again with another note, if it was shown before.
    ///
    /// # Errors
    /// `NotFound` when there is none of theirs.
    pub async fn send_placement(&self, id: Uuid, volunteer: VolunteerId, note: String) -> Result<()> {
        let now = self.now();
        write_on_backend!(self, "sending a placement", placement::send(id, volunteer, note, now))
    }

    /// Marks a sent placement as done, or as not done after all.
    ///
    /// # Errors
    /// `NotFound` when no such one was sent.
    pub async fn set_placement_done(&self, id: Uuid, done: bool, by: VolunteerId) -> Result<()> {
        let now = self.now();
        write_on_backend!(self, "marking a placement", placement::set_done(id, done, by, now))
    }

    /// Deletes a placement with its pixels; whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_placement(&self, id: Uuid) -> Result<bool> {
        write_on_backend!(self, "deleting a placement", placement::delete(id))
    }

    /// Deletes what is older than this and was sent to nobody; how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_unsent_placements(&self, older_than: Duration) -> Result<u64> {
        let before = self.now() - older_than;
        write_on_backend!(self, "deleting old placements", placement::delete_unsent(before))
    }

    /// Published discoveries in a piece of the sky.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn discoveries_in(&self, within: SkyBox, limit: u32) -> Result<Vec<PlacedDiscovery>> {
        on_backend!(self, read, "reading discoveries", placement::discoveries(within, limit))
    }

    /// Detected images of the survey in a piece of the sky, the most probable first. For leads only.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn candidates_in(&self, within: SkyBox, limit: u32) -> Result<Vec<PlacedCandidate>> {
        on_backend!(self, read, "reading candidates", placement::candidates(within, limit))
    }
}
