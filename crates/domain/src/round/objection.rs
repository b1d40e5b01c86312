//! Objections to candidates on public notice (异议): by anybody, named or not, with evidence, followed by number and code. Each is assigned to somebody whom
//! it does not concern, looked into, answered in writing, and holds the naming of its candidate, and of no other, until it is closed.

mod refusal;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::refusal::ObjectionRefusal;
use crate::{
    core::{
        ids::{AccountId, ApplicationId, ObjectionId, ObjectionNoteId, PublicationId, UnitId},
        place::{UnitKind, UnitPlace, is_within},
        policy::Actor,
        refusal::Refusal,
        text,
    },
    year::evidence::MediaType,
};

jianjia_standard::keyed! {
    /// What came of it. The keys stand in tables.
    pub enum ObjectionOutcome {
        Founded = "founded" / "异议|属实",
        Unfounded = "unfounded" / "异议|不属实",
    }
}

jianjia_standard::keyed! {
    /// How far it is, as whoever objected reads it.
    pub enum ObjectionState {
        /// One of a flood, which does not count before it is confirmed.
        Unconfirmed = "unconfirmed" / "异议|还没有确认",
        Received = "received" / "异议|已收到",
        LookedInto = "looked-into" / "异议|已受理，正在核实",
        Closed = "closed" / "异议|已办结",
    }
}

/// The most characters of an objection, of a note on it and of its answer.
pub const LONGEST: usize = 4_000;

/// The most characters of a name, and of a telephone number.
const LONGEST_NAME: usize = 60;

/// The most people whom it must not reach.
const NAMED_AT_MOST: usize = 10;

/// The most files of one objection, and the most bytes of all of them.
pub const FILES_AT_MOST: usize = 5;
pub const FILES_BYTES: usize = 20 * 1024 * 1024;

/// So many objections of a day from one network count at once, and so many in all; what comes beyond is kept and counts when it is confirmed.
pub const AT_ONCE_FROM_NETWORK: i64 = 5;
pub const AT_ONCE_IN_ALL: i64 = 60;

/// Beyond so many of a day from one network nothing is taken.
pub const FROM_NETWORK_AT_MOST: i64 = 100;

/// How long after it was written an objection beyond these numbers is confirmed: a program that floods would have to come back for each.
pub const CONFIRM_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// What somebody typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ObjectionForm {
    /// To which candidate.
    pub application: String,
    pub text: String,
    pub name: String,
    pub telephone: String,
    /// People whom it must not reach, a line each.
    pub keep_from: String,
    /// A field that no person sees: programs that fill in everything fill it in, too.
    pub website: String,
    /// Of the form: what is sent twice with it is one objection.
    pub request_key: String,
}

/// All that was said, and by whom. It is kept encrypted: who works somewhere may be known by what they write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub text: String,
    pub name: String,
    pub telephone: String,
    pub keep_from: Vec<String>,
    /// What the files are called, in their order.
    pub files: Vec<FileName>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileName {
    pub name: String,
    pub mime: String,
}

/// A piece of evidence: where its ciphertext lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectionFile {
    /// From 1.
    pub place: i64,
    pub hash: String,
    pub bytes: i64,
}

/// Reads a form for one of the candidates that are shown.
///
/// # Errors
/// A refusal for each field that can't be taken.
pub fn read(
    form: &ObjectionForm,
    candidates: &[ApplicationId],
) -> Result<(ApplicationId, Content), Refusal> {
    if !form.website.is_empty() {
        return Err(ObjectionRefusal::ByProgram.into());
    }
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: ObjectionRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    let candidate: Option<ApplicationId> = form.application.parse().ok();
    let candidate = candidate.filter(|id| candidates.contains(id));
    if candidate.is_none() {
        refuse("application", ObjectionRefusal::NoCandidate);
    }
    let said = form.text.trim().replace("\r\n", "\n");
    if said.is_empty() {
        refuse("text", ObjectionRefusal::NoText);
    }
    if said.chars().count() > LONGEST {
        refuse("text", ObjectionRefusal::TooLong { most: LONGEST });
    }
    let (name, telephone) = (text::line(&form.name), text::line(&form.telephone));
    for (field, line) in [("name", &name), ("telephone", &telephone)] {
        if line.chars().count() > LONGEST_NAME {
            refuse(field, ObjectionRefusal::TooLong { most: LONGEST_NAME });
        }
    }
    let keep_from = form.keep_from.split(['\n', '、', '，', ',', '；', ';']);
    let keep_from = keep_from.map(text::line).filter(|name| !name.is_empty());
    let keep_from: Vec<String> = keep_from.collect();
    if keep_from.len() > NAMED_AT_MOST {
        refuse(
            "keep_from",
            ObjectionRefusal::TooManyNamed {
                most: NAMED_AT_MOST,
            },
        );
    }
    if keep_from
        .iter()
        .any(|name| name.chars().count() > LONGEST_NAME)
    {
        refuse(
            "keep_from",
            ObjectionRefusal::TooLong { most: LONGEST_NAME },
        );
    }
    match candidate {
        Some(candidate) if wrong.is_empty() => Ok((
            candidate,
            Content {
                text: said,
                name,
                telephone,
                keep_from,
                files: Vec::new(),
            },
        )),
        _ => Err(Refusal::Fields(wrong)),
    }
}

/// Whether files may come with it: photos and PDF alone, and not too many.
///
/// # Errors
/// `TooManyFiles`, `FilesTooBig`; `NotThisKind` for others.
pub fn admit(files: &[(MediaType, usize)]) -> Result<(), Refusal> {
    let at_file = |refusal: ObjectionRefusal| Err(Refusal::at("file", refusal));
    if files.len() > FILES_AT_MOST {
        return at_file(ObjectionRefusal::TooManyFiles {
            most: FILES_AT_MOST,
        });
    }
    if files.iter().map(|(_, bytes)| bytes).sum::<usize>() > FILES_BYTES {
        return at_file(ObjectionRefusal::FilesTooBig {
            megabytes: FILES_BYTES / (1024 * 1024),
        });
    }
    let is_taken = |kind: MediaType| kind.is_image() || kind == MediaType::Pdf;
    if files.iter().any(|(kind, _)| !is_taken(*kind)) {
        return at_file(ObjectionRefusal::NotThisKind);
    }
    Ok(())
}

/// An objection as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    pub id: ObjectionId,
    pub number: i64,
    pub publication: PublicationId,
    pub application: ApplicationId,
    /// `Content`, encrypted.
    pub sealed: String,
    pub code_hash: String,
    /// By what it is known again when it is sent twice.
    pub request_hash: String,
    /// A few digits of a keyed hash of the network it came from: many networks share them.
    pub network: String,
    pub received_at: Timestamp,
    /// None while one of a flood waits for whoever wrote it.
    pub confirmed_at: Option<Timestamp>,
    pub assigned: Option<Assigned>,
    pub answer: Option<ObjectionAnswer>,
}

/// Who looks into it, and for which office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    pub to: AccountId,
    pub to_name: String,
    pub office: UnitId,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectionAnswer {
    pub outcome: ObjectionOutcome,
    /// Encrypted.
    pub sealed: String,
    pub by: AccountId,
    pub by_name: String,
    pub at: Timestamp,
}

/// What somebody who looks into it noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectionNote {
    pub id: ObjectionNoteId,
    pub objection: ObjectionId,
    /// Encrypted.
    pub sealed: String,
    pub by: AccountId,
    pub by_name: String,
    pub at: Timestamp,
}

impl Objection {
    pub fn state(&self) -> ObjectionState {
        if self.answer.is_some() {
            ObjectionState::Closed
        } else if self.confirmed_at.is_none() {
            ObjectionState::Unconfirmed
        } else if self.assigned.is_some() {
            ObjectionState::LookedInto
        } else {
            ObjectionState::Received
        }
    }

    /// Whether it holds the naming of its candidate.
    pub fn holds(&self) -> bool {
        self.confirmed_at.is_some() && self.answer.is_none()
    }

    pub fn is_assigned_to(&self, account: &AccountId) -> bool {
        let assigned = self.assigned.as_ref();
        assigned.is_some_and(|assigned| assigned.to == *account)
    }
}

/// Whether an objection of a day counts at once: `before` is how many came from its network, and in all.
///
/// # Errors
/// `Flooded` beyond what is taken from one network.
pub fn counts_at_once(from_network: i64, in_all: i64) -> Result<bool, ObjectionRefusal> {
    if from_network >= FROM_NETWORK_AT_MOST {
        return Err(ObjectionRefusal::Flooded);
    }
    Ok(from_network < AT_ONCE_FROM_NETWORK && in_all < AT_ONCE_IN_ALL)
}

/// Whether one that waits for it may be confirmed.
///
/// # Errors
/// `ConfirmedBefore`; `TooEarly` within the first hour.
pub fn confirm(objection: &Objection, now: Timestamp) -> Result<(), ObjectionRefusal> {
    if objection.confirmed_at.is_some() || objection.answer.is_some() {
        return Err(ObjectionRefusal::ConfirmedBefore);
    }
    let left = CONFIRM_AFTER.as_secs() - now.duration_since(objection.received_at).as_secs();
    if left > 0 {
        return Err(ObjectionRefusal::TooEarly {
            minutes: (left + 59) / 60,
        });
    }
    Ok(())
}

/// Whom an objection concerns: nobody of these learns of it.
#[derive(Clone, Debug)]
pub struct Concerned<'a> {
    /// Where the unit stands that it is about.
    pub unit_path: &'a str,
    /// The person that it is about, if it is one.
    pub person: Option<&'a str>,
    /// Those whom whoever objected named.
    pub keep_from: &'a [String],
}

impl Concerned<'_> {
    /// Whether it is about this person, or must not reach them.
    pub fn names(&self, name: &str) -> bool {
        let name = text::line(name);
        let mut named = self.keep_from.iter().map(String::as_str).chain(self.person);
        named.any(|of| text::line(of) == name)
    }

    /// Whether somebody may read it, by what they are everywhere: it is not about them or kept from them, and they are neither of the unit nor of a
    /// federation that it stands below, other than the city.
    pub fn lets(&self, actor: &Actor) -> bool {
        let is_of_its_federation = actor
            .roles
            .iter()
            .any(|at| at.unit.kind != UnitKind::City && is_within(self.unit_path, &at.unit.path));
        !self.names(&actor.name) && !is_of_its_federation && !actor.belongs_to(self.unit_path)
    }

    /// Whether somebody of an office may look into it.
    ///
    /// # Errors
    /// `OwnFederation` for one that the unit stands below, other than the city; `NamedInIt`.
    pub fn may_look(&self, office: &UnitPlace, name: &str) -> Result<(), ObjectionRefusal> {
        let is_own = is_within(self.unit_path, &office.path);
        if is_own && office.kind != UnitKind::City {
            return Err(ObjectionRefusal::OwnFederation {
                office: office.name.clone(),
            });
        }
        if self.names(name) {
            return Err(ObjectionRefusal::NamedInIt {
                name: name.to_owned(),
            });
        }
        Ok(())
    }
}

/// A note or an answer as it was typed.
///
/// # Errors
/// When it says nothing or too much, or the objection is closed.
pub fn written(objection: &Objection, field: &str, typed: &str) -> Result<String, Refusal> {
    if objection.answer.is_some() {
        return Err(ObjectionRefusal::Closed.into());
    }
    let said = typed.trim().replace("\r\n", "\n");
    if said.is_empty() {
        return Err(Refusal::at(field, ObjectionRefusal::NothingWritten));
    }
    if said.chars().count() > LONGEST {
        return Err(Refusal::at(
            field,
            ObjectionRefusal::TooLong { most: LONGEST },
        ));
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::core::refusal::Refuse;

    fn candidate() -> ApplicationId {
        ApplicationId(Uuid::from_u128(7))
    }

    fn form() -> ObjectionForm {
        ObjectionForm {
            application: candidate().to_string(),
            text: " 会员数\r\n不实 ".to_owned(),
            keep_from: "陈主席、 李 审核\n".to_owned(),
            ..ObjectionForm::default()
        }
    }

    fn objection(minutes_ago: i64) -> (Objection, Timestamp) {
        let now = Timestamp::from_second(1_476_900_000).unwrap();
        let objection = Objection {
            id: ObjectionId(Uuid::from_u128(1)),
            number: 1,
            publication: PublicationId(Uuid::from_u128(2)),
            application: candidate(),
            sealed: String::new(),
            code_hash: String::new(),
            request_hash: String::new(),
            network: String::new(),
            received_at: now - SignedDuration::from_mins(minutes_ago),
            confirmed_at: None,
            assigned: None,
            answer: None,
        };
        (objection, now)
    }

    #[test]
    fn an_objection_needs_a_candidate_and_a_text_and_no_name() {
        let (found, content) = read(&form(), &[candidate()]).unwrap();
        assert_eq!(found, candidate());
        assert_eq!(content.text, "会员数\n不实");
        assert_eq!(content.keep_from, ["陈主席", "李 审核"]);
        let Err(Refusal::Fields(fields)) = read(&ObjectionForm::default(), &[candidate()]) else {
            panic!("candidate and text are missing");
        };
        let fields: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["application", "text"]);
        // Of another notice.
        assert!(read(&form(), &[]).is_err());
    }

    #[test]
    fn beyond_a_few_of_a_day_they_count_when_confirmed_and_beyond_many_none_is_taken() {
        let check = |from_network, in_all| match counts_at_once(from_network, in_all) {
            Ok(true) => "counts",
            Ok(false) => "waits",
            Err(refusal) => refusal.key(),
        };
        assert_eq!(check(0, 0), "counts");
        assert_eq!(check(4, 59), "counts");
        assert_eq!(check(5, 5), "waits");
        assert_eq!(check(0, 60), "waits");
        assert_eq!(check(99, 99), "waits");
        assert_eq!(check(100, 100), "objection/flooded");
    }

    #[test]
    fn one_of_a_flood_holds_nothing_before_it_is_confirmed_an_hour_later() {
        let (early, now) = objection(59);
        assert!(!early.holds());
        let refused = confirm(&early, now).map_err(|refusal| refusal.key());
        assert_eq!(refused, Err("objection/too-early"));
        let (mut late, now) = objection(60);
        assert_eq!(confirm(&late, now), Ok(()));
        late.confirmed_at = Some(now);
        assert!(late.holds());
        assert_eq!(confirm(&late, now), Err(ObjectionRefusal::ConfirmedBefore));
    }

    #[test]
    fn nobody_whom_it_concerns_looks_into_it() {
        let keep_from = ["李 审核".to_owned()];
        let concerned = Concerned {
            unit_path: "/1/12/345/",
            person: Some("赵刚"),
            keep_from: &keep_from,
        };
        let check = |kind, path: &str, name: &str| {
            let office = UnitPlace {
                id: UnitId(Uuid::from_u128(9)),
                kind,
                name: "某总工会".to_owned(),
                path: path.to_owned(),
            };
            let looked = concerned.may_look(&office, name);
            looked.map_or_else(|refusal| refusal.key(), |()| "may")
        };
        assert_eq!(check(UnitKind::District, "/1/13/", "王审核"), "may");
        assert_eq!(check(UnitKind::City, "/1/", "王审核"), "may");
        assert_eq!(
            check(UnitKind::District, "/1/12/", "王审核"),
            "objection/own-federation"
        );
        assert_eq!(
            check(UnitKind::City, "/1/", "李  审核"),
            "objection/named-in-it"
        );
        assert_eq!(
            check(UnitKind::City, "/1/", "赵刚"),
            "objection/named-in-it"
        );
    }
}
