//! What every act and reading is given: the database, the files, the standards, the clock and the source of randomness.

use std::sync::Arc;

use anyhow::Context;
use jianjia_domain::{
    core::{
        audit::AuditLine,
        ids::{AuditId, UnitId},
        policy::{self, Act, Actor, Permit},
        refusal::General,
    },
    register::unit::UnitPlace,
};
use jianjia_standard::Standard;
use jianjia_store::{
    core::{
        audit,
        counter::newest_id,
        db::{Db, Tx},
        file::Files,
    },
    office::account,
    register::unit,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    core::{
        clock::Clock,
        entropy::Entropy,
        error::{Error, Result},
        head::Heads,
        standard::Standards,
    },
    rating::{ballot::Ballots, lock::SlipKey},
};

/// Cheap to clone; shared by all requests.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub files: Files,
    pub standards: Standards,
    pub clock: Clock,
    pub entropy: Entropy,
    /// Under which slip codes are hashed.
    pub slip_key: SlipKey,
    /// Where the trail's heads go outside the database; nowhere in tests and in what is only made.
    pub heads: Option<Heads>,
    /// Ballots on their way into the box.
    pub ballots: Ballots,
    /// Whether this is the demo: its pages say so and show the accounts to try.
    pub is_demo: bool,
}

impl App {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The standard in force today, for what is of no year.
    pub fn in_force(&self) -> &Arc<Standard> {
        self.standards.of(self.clock.today().year())
    }

    /// The unit, if the actor sees it, and the permission for the act on it. Everything that changes a unit begins here.
    pub async fn permit(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        act: Act,
        unit: &UnitId,
    ) -> Result<Permit> {
        let place = unit::place(tx, unit).await?.ok_or(Error::NotFound)?;
        self.permit_at(tx, actor, act, &place).await
    }

    /// As `permit`, for a unit that was read already. In a transaction that writes, the role is read again: it may have been taken, or the
    /// account locked, since the actor's session was looked up, for an act may have to wait for its scopes.
    pub(crate) async fn permit_at(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        act: Act,
        place: &UnitPlace,
    ) -> Result<Permit> {
        let mut permit = policy::permit(actor, act, place)?;
        if !tx.is_writing {
            return Ok(permit);
        }
        let mut left = actor.clone();
        loop {
            let (role, at) = (permit.as_role.role, permit.as_role.unit.id);
            // Nobody's account stands for the program itself: the command line, a demo city being made.
            if account::has_role(tx, &actor.account, role, &at).await? != Some(false) {
                return Ok(permit);
            }
            left.roles.retain(|held| *held != permit.as_role);
            permit =
                policy::permit(&left, act, place).map_err(|_| Error::from(General::RoleTaken))?;
        }
    }

    /// The unit, if the actor sees its inside.
    pub async fn seen(&self, tx: &mut Tx, actor: &Actor, unit: &UnitId) -> Result<UnitPlace> {
        let place = unit::place(tx, unit).await?.ok_or(Error::NotFound)?;
        if policy::sees(actor, &place.path) {
            Ok(place)
        } else {
            Err(Error::NotFound)
        }
    }

    /// Lets this node's ids go on after the newest of a table, where the order of ids is the order of what was said or done: the last statement
    /// holds, the last finding counts. Another node's clock may be ahead.
    pub(crate) async fn follow(&self, tx: &mut Tx, table: &'static str) -> Result<()> {
        if let Some(newest) = newest_id(tx, table).await? {
            self.entropy.follow(&newest);
        }
        Ok(())
    }

    /// Writes the act's audit line, in the act's transaction. `act` is the act's name in the trail, `detail` what it changed.
    pub async fn trail(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        act: &str,
        (noun, noun_id): (&str, &str),
        unit: Option<&UnitPlace>,
        detail: impl Serialize,
    ) -> Result<()> {
        let account = actor.account.to_string();
        self.trail_by(
            tx,
            (&account, &actor.name),
            act,
            (noun, noun_id),
            unit,
            detail,
        )
        .await
    }

    /// The audit line of somebody without an account (its id is empty then), who is known to the act by other means.
    pub async fn trail_by(
        &self,
        tx: &mut Tx,
        (account_id, name): (&str, &str),
        act: &str,
        (noun, noun_id): (&str, &str),
        unit: Option<&UnitPlace>,
        detail: impl Serialize,
    ) -> Result<()> {
        let at = self.now();
        let line = AuditLine {
            id: AuditId(self.entropy.id(at)),
            at,
            account_id: account_id.to_owned(),
            account_name: name.to_owned(),
            act: act.to_owned(),
            noun: noun.to_owned(),
            noun_id: noun_id.to_owned(),
            unit_id: unit.map(|unit| unit.id),
            unit_path: unit.map_or_else(String::new, |unit| unit.path.clone()),
            detail: serde_json::to_value(detail).context("the audit detail")?,
        };
        Ok(audit::append(tx, &line).await?)
    }
}

/// The name of an act in the trail: `submit-application`.
pub fn act_name(act: Act) -> String {
    serde_json::to_value(act)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}
