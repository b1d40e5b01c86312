//! What acts take turns over. Every act names the scopes of the things it decides on or changes. On PostgreSQL a scope is an advisory lock held
//! until the transaction ends; SQLite has one writer at a time anyway. Two acts share a scope if both change the same thing, or if one decides on
//! what the other changes. Which act takes which stands in one table, in `jianjia_app::core::scope`.
//!
//! An act takes all its locks when it begins, in the order of their keys, so that no two acts deadlock.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jianjia_domain::core::ids::{
    AccountId, AmendmentId, ApplicationId, CaseId, MeetingId, TopicId, UnitId, VisitId,
};

/// One thing that acts take turns over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everything about a unit: its record, people, elections, statements, activities, evidence, vetoes, polls, ratings, titles, drafts.
    Unit(UnitId),
    /// The same, shared: for acts that decide on the unit and do not change it.
    UnitAsItIs(UnitId),
    /// All units at once: for the import of a workbook.
    Units,
    /// What must be unique in the whole register (names, codes), and the divisions.
    Register,
    /// An application with its events, findings and conflicts.
    Application(ApplicationId),
    /// A visit of a spot check, with what was noted and decided on it.
    Visit(VisitId),
    /// A federation's list for a title and year, with its quota.
    List {
        year: i16,
        title: String,
        federation: UnitId,
    },
    /// All lists and quotas of a year.
    Lists(i16),
    /// The spot check of a year, with its frame, its sample and its inspectors.
    SpotCheck(i16),
    /// The numbers of a title and year, which are given out in order.
    Numbers { year: i16, title: String },
    /// The calendar of all rounds, exclusively: for changing it.
    Calendar,
    /// The calendar of the rounds, shared: for relying on it.
    CalendarAsItIs,
    /// What departments are asked and answer, and what is said of units by it.
    Departments,
    /// Slips, trays and the states of polls: batches of ballots take turns with whoever opens, closes, counts or ends a poll.
    Ballots,
    /// An account with its roles and sessions.
    Account(AccountId),
    /// All accounts: logins are unique, and who administers whom follows from the roles of both.
    Accounts,
    /// Failed sign-ins at one target.
    Guesses(String),
    /// One session of a browser.
    Session(String),
    /// The workbooks that were uploaded for import.
    Imports,
    /// Jobs: who takes which, and what becomes of it.
    Jobs,
    /// The chain of seals over the trail.
    Seals,
    /// The money of all units, with the years that are closed.
    Money,
    /// What a unit has and spends of its money, and where it is paid.
    UnitMoney(UnitId),
    /// The standards that were used here, and which hold.
    Standards,
    /// A new version of the standard, with its files.
    Amendment(AmendmentId),
    /// The identity of this instance.
    Instance,
    /// The row that the readiness check writes.
    Readiness,
    /// Messages of long ago, which are removed.
    Messages,
    /// What goes out by mail and text message.
    Post,
    /// Letters of the public, which are numbered.
    Letters,
    /// The keys that sign certificates.
    CertificateKeys,
    /// A case, with its texts and photos.
    Case(CaseId),
    /// A topic, with what is said on it.
    Topic(TopicId),
    /// A meeting, with its places.
    Meeting(MeetingId),
    /// Public notices, which are put up and taken down.
    Publications,
    /// Objections, which are numbered.
    Objections,
    /// What official papers say besides their text: an office gives a number once.
    Imprints,
    /// The same, shared: for acts that give a number and say nothing of a paper.
    ImprintsAsTheyAre,
    /// Contradictions in the data, and what becomes of them.
    Doubts,
    /// Who was put forward for higher honours.
    Forwards,
    /// Proposals to change the standard.
    Proposals,
    /// For tests, whose writes meet no act.
    Test(&'static str),
}

/// How a lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    Shared,
    Alone,
}

impl Scope {
    /// The wider scope that contains this one: its lock is taken shared, this one's by its own mode.
    fn whole(&self) -> Option<Scope> {
        match self {
            Scope::Unit(_) | Scope::UnitAsItIs(_) => Some(Scope::Units),
            Scope::List { year, .. } => Some(Scope::Lists(*year)),
            Scope::Account(_) => Some(Scope::Accounts),
            Scope::UnitMoney(_) => Some(Scope::Money),
            _ => None,
        }
    }

    fn mode(&self) -> Mode {
        match self {
            Scope::UnitAsItIs(_) | Scope::CalendarAsItIs | Scope::ImprintsAsTheyAre => Mode::Shared,
            _ => Mode::Alone,
        }
    }
}

/// The lock's key.
impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Unit(id) | Scope::UnitAsItIs(id) => write!(out, "unit:{id}"),
            Scope::Units => write!(out, "units"),
            Scope::Register => write!(out, "register"),
            Scope::Application(id) => write!(out, "application:{id}"),
            Scope::Visit(id) => write!(out, "visit:{id}"),
            Scope::List {
                year,
                title,
                federation,
            } => write!(out, "list:{year}:{title}:{federation}"),
            Scope::Lists(year) => write!(out, "lists:{year}"),
            Scope::SpotCheck(year) => write!(out, "spot-check:{year}"),
            Scope::Numbers { year, title } => write!(out, "numbers:{year}:{title}"),
            Scope::Calendar | Scope::CalendarAsItIs => write!(out, "calendar"),
            Scope::Departments => write!(out, "departments"),
            Scope::Ballots => write!(out, "ballots"),
            Scope::Account(id) => write!(out, "account:{id}"),
            Scope::Accounts => write!(out, "accounts"),
            Scope::Guesses(target) => write!(out, "guesses:{target}"),
            Scope::Session(hash) => write!(out, "session:{hash}"),
            Scope::Imports => write!(out, "imports"),
            Scope::Jobs => write!(out, "jobs"),
            Scope::Seals => write!(out, "seals"),
            Scope::Money => write!(out, "money"),
            Scope::UnitMoney(id) => write!(out, "unit-money:{id}"),
            Scope::Standards => write!(out, "standards"),
            Scope::Amendment(id) => write!(out, "amendment:{id}"),
            Scope::Instance => write!(out, "instance"),
            Scope::Readiness => write!(out, "readiness"),
            Scope::Messages => write!(out, "messages"),
            Scope::Post => write!(out, "post"),
            Scope::Letters => write!(out, "letters"),
            Scope::CertificateKeys => write!(out, "certificate-keys"),
            Scope::Case(id) => write!(out, "case:{id}"),
            Scope::Topic(id) => write!(out, "topic:{id}"),
            Scope::Meeting(id) => write!(out, "meeting:{id}"),
            Scope::Publications => write!(out, "publications"),
            Scope::Objections => write!(out, "objections"),
            Scope::Imprints | Scope::ImprintsAsTheyAre => write!(out, "imprints"),
            Scope::Doubts => write!(out, "doubts"),
            Scope::Forwards => write!(out, "forwards"),
            Scope::Proposals => write!(out, "proposals"),
            Scope::Test(name) => write!(out, "test:{name}"),
        }
    }
}

/// The scopes of one act.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Every lock once, in its strongest mode, in the order in which all acts take them.
    pub(crate) fn locks(&self) -> BTreeMap<String, Mode> {
        let mut locks = BTreeMap::new();
        let mut take = |key: String, mode: Mode| {
            let held = locks.entry(key).or_insert(mode);
            *held = mode.max(*held);
        };
        for scope in &self.0 {
            if let Some(whole) = scope.whole() {
                take(whole.to_string(), Mode::Shared);
            }
            take(scope.to_string(), scope.mode());
        }
        locks
    }

    pub(crate) fn has_all_units(&self) -> bool {
        self.0.contains(&Scope::Units)
    }
}

impl From<Scope> for Scopes {
    fn from(scope: Scope) -> Scopes {
        Scopes(BTreeSet::from([scope]))
    }
}

impl<const N: usize> From<[Scope; N]> for Scopes {
    fn from(scopes: [Scope; N]) -> Scopes {
        Scopes(BTreeSet::from(scopes))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Scopes {
        Scopes(scopes.into_iter().collect())
    }
}

/// A test's own name for what it writes. Acts must name a `Scope`; a test over the sources enforces it.
impl From<&'static str> for Scopes {
    fn from(name: &'static str) -> Scopes {
        Scope::Test(name).into()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_locks_of_an_act_come_in_one_order_each_once_in_its_strongest_mode() {
        let unit = |number| UnitId(Uuid::from_u128(number));
        let list = Scope::List {
            year: 2016,
            title: "trusted-home".to_owned(),
            federation: unit(3),
        };
        let scopes = Scopes::from([
            Scope::Unit(unit(2)),
            Scope::UnitAsItIs(unit(1)),
            list,
            Scope::UnitAsItIs(unit(2)),
            Scope::CalendarAsItIs,
        ]);
        let locks: Vec<(String, Mode)> = scopes.locks().into_iter().collect();
        let expected = [
            ("calendar".to_owned(), Mode::Shared),
            (format!("list:2016:trusted-home:{}", unit(3)), Mode::Alone),
            ("lists:2016".to_owned(), Mode::Shared),
            (format!("unit:{}", unit(1)), Mode::Shared),
            (format!("unit:{}", unit(2)), Mode::Alone),
            ("units".to_owned(), Mode::Shared),
        ];
        assert_eq!(locks, expected);
    }
}
