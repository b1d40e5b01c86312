//! The context of every act and reading: the database, the files, the standards, the clock and the source of randomness.

use std::{path::PathBuf, pin::Pin, sync::Arc};

use anyhow::Context;
use jianjia_domain::core::{
    audit::{AuditLine, deed::Deed, object::Object},
    ids::{AuditId, UnitId},
    place::UnitPlace,
    policy::{self, Actor, Permit, Permitted, Role},
    proof::Proof,
    refusal::General,
};
use jianjia_standard::Standard;
use jianjia_store::core::{
    audit,
    counter::newest_id,
    db::{Db, Tx},
    file::Files,
    place, role,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::core::{
    clock::Clock,
    entropy::Entropy,
    error::{Error, Result},
    head::Heads,
    memory::Memory,
    post::Post,
    provider::{Passwords, Provider},
    secret::SlipKey,
    standard::Standards,
};

/// Brings up to date what follows from the register and lies in an area that the register doesn't know, in the transaction of the act that
/// changed the unit.
pub type Follow = for<'a> fn(
    &'a mut Tx,
    &'a App,
    UnitId,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Cheap to clone; shared by all requests.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub files: Files,
    pub standards: Standards,
    pub clock: Clock,
    pub entropy: Entropy,
    /// The key that slip codes are hashed with.
    pub slip_key: SlipKey,
    /// Where the trail's heads are written outside the database; `None` in tests and in generated instances.
    pub heads: Option<Heads>,
    /// Queues and caches.
    pub memory: Memory,
    /// What follows from the register: `jianjia_app::FOLLOWERS`.
    pub followers: &'static [Follow],
    /// Where a backup goes every night; none for none.
    pub backups: Option<Backups>,
    /// The roles that are asked for a second factor.
    pub second_factor: Arc<[Role]>,
    /// By what people are told beside their inbox.
    pub post: Arc<Post>,
    /// The city's own identity provider; none where people sign in with passwords alone.
    pub provider: Option<Arc<Provider>>,
    /// Whether this is the demo: its pages say so and show the accounts to try.
    pub is_demo: bool,
}

/// Where a backup goes every night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    pub folder: PathBuf,
    /// The public key that it is sealed for; empty for none.
    pub seal_for: String,
}

impl App {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether passwords are taken here.
    pub fn takes_passwords(&self) -> bool {
        let provider = self.provider.as_ref();
        provider.is_none_or(|provider| provider.passwords == Passwords::Stay)
    }

    /// The standard in force today, for what is of no year.
    pub fn in_force(&self) -> &Arc<Standard> {
        self.standards.of(self.clock.today().year())
    }

    /// The year that people work on today: this year, or the nearest one of the programme in force.
    pub fn year(&self) -> i16 {
        let programme = &self.in_force().programme;
        let (first, last) = (programme.first_year, programme.last_year);
        self.clock.today().year().clamp(first, last)
    }

    /// The unit, if the actor may see it, with the permit for the act on it. Every change of a unit begins here.
    ///
    /// # Errors
    /// Not found when the unit isn't there or the actor doesn't see it; `NotYourRole` when no role of the actor's may do it there; `RoleTaken`
    /// when, in a writing transaction, that role was taken meanwhile.
    pub async fn permit<A: Permitted>(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        act: A,
        unit: &UnitId,
    ) -> Result<Permit<A>> {
        let place = place::find(tx, unit).await?.ok_or(Error::NotFound)?;
        self.permit_at(tx, actor, act, &place).await
    }

    /// As `permit`, for a unit that was read already. A writing transaction reads the actor's role again, because it may have waited for its
    /// scopes: meanwhile the role may have been taken away or the account locked.
    pub(crate) async fn permit_at<A: Permitted>(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        act: A,
        place: &UnitPlace,
    ) -> Result<Permit<A>> {
        let mut permit = policy::permit(actor, act, place)?;
        if !tx.is_writing {
            return Ok(permit);
        }
        if actor.proof == Proof::Token || policy::STEP_UP.contains(&act.act()) {
            self.proved(actor)?;
        }
        let mut left = actor.clone();
        loop {
            let (role, at) = (permit.as_role.role, permit.as_role.unit.id);
            // The nil account is the program itself: the command line, or the generator of the demo city.
            if role::is_held(tx, &actor.account, role, &at).await? != Some(false) {
                return Ok(permit);
            }
            left.roles.retain(|held| *held != permit.as_role);
            permit =
                policy::permit(&left, act, place).map_err(|_| Error::from(General::RoleTaken))?;
        }
    }

    /// Whether the actor proved within the last minutes to be who they are, for an act that asks for it: with the second factor, where the account
    /// has one or must have one.
    ///
    /// # Errors
    /// `ProofAsked`; `ByToken` for a program, which can't.
    pub(crate) fn proved(&self, actor: &Actor) -> Result<()> {
        Ok(actor.proof.is_fresh(self.now())?)
    }

    /// The unit, if the actor may see its details.
    ///
    /// # Errors
    /// Not found when it isn't there or the actor doesn't see it.
    pub async fn seen(&self, tx: &mut Tx, actor: &Actor, unit: &UnitId) -> Result<UnitPlace> {
        let place = place::find(tx, unit).await?.ok_or(Error::NotFound)?;
        if policy::sees(actor, &place.path) {
            Ok(place)
        } else {
            Err(Error::NotFound)
        }
    }

    /// Has everything that follows from the register's record of the unit brought up to date.
    pub(crate) async fn follow_unit(&self, tx: &mut Tx, unit: &UnitId) -> Result<()> {
        for follow in self.followers {
            follow(tx, self, *unit).await?;
        }
        Ok(())
    }

    /// Makes this node's next ids greater than the newest id of a table, in tables where the order of ids is the order of events (the last
    /// statement or finding counts). Another node's clock may be ahead of this one's.
    pub(crate) async fn follow(&self, tx: &mut Tx, table: &'static str) -> Result<()> {
        if let Some(newest) = newest_id(tx, table).await? {
            self.entropy.follow(&newest);
        }
        Ok(())
    }

    /// Writes the act's audit line, in the act's transaction: what was done, on what, and in `detail` what it changed.
    pub async fn trail(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        deed: Deed,
        object: Object,
        unit: Option<&UnitPlace>,
        detail: impl Serialize,
    ) -> Result<()> {
        let account = actor.account.to_string();
        self.trail_by(tx, (&account, &actor.name), deed, object, unit, detail)
            .await
    }

    /// Appends the audit line of an actor without an account (its id is empty then), whom the act has identified by other means.
    pub async fn trail_by(
        &self,
        tx: &mut Tx,
        (account_id, name): (&str, &str),
        deed: Deed,
        object: Object,
        unit: Option<&UnitPlace>,
        detail: impl Serialize,
    ) -> Result<()> {
        let at = self.now();
        let line = AuditLine {
            id: AuditId(self.entropy.id(at)),
            at,
            account_id: account_id.to_owned(),
            account_name: name.to_owned(),
            act: deed.into(),
            noun: object.noun().into(),
            noun_id: object.id(),
            unit_id: unit.map(|unit| unit.id),
            unit_path: unit.map_or_else(String::new, |unit| unit.path.clone()),
            detail: serde_json::to_value(detail).context("the audit detail")?,
        };
        Ok(audit::append(tx, &line).await?)
    }
}
