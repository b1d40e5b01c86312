//! A whole standard as plain data: the programme, its titles, criteria, vetoes, procedure and rewards.

mod calendar;
mod department;
mod finding;
mod higher_honour;
mod insight;
pub mod money;
mod publication;
mod rating;
pub mod roll;
mod route;
mod sharing;
mod spot_check;
mod structure;
pub mod subsidy;
mod tables;
pub mod visit;
mod xray;

use jiff::civil::Date;

use crate::check::Check;
use crate::division::DivisionWords;
use crate::fact::{Fact, FactGroup};
use crate::figure::{Figure, Rate};
use crate::keyed;
use crate::kinds::{Employer, HonourLevel, Kind, Post};
use crate::programme::money::{MoneyRules, Purpose};
use crate::programme::subsidy::SubsidyRules;
use crate::programme::visit::VisitRules;
use crate::text::Text;
use crate::working_days::WorkingDays;

// A standard's parts have one address, whichever file describes them.
pub use crate::programme::calendar::{
    ActWindow, Calendar, MonthDay, Phase, Reminded, Reminder, RoundAct, Window,
};
pub use crate::programme::department::Department;
pub use crate::programme::higher_honour::{Bar, HigherHonour, HonouredOf, OrderRule};
pub use crate::programme::insight::{LinePoint, MOST_CLAUSES, Size, Tile};
pub use crate::programme::publication::{Publication, PublicationRule};
pub use crate::programme::rating::{BallotRules, Grade, GroupRules, RatedObject, Rating, Side};
pub use crate::programme::route::{Route, RouteAct, RouteStep};
pub use crate::programme::sharing::Sharing;
pub use crate::programme::spot_check::{RiskClass, RiskSign, Sign, SpotCheck};
pub use crate::programme::structure::{
    ApportionedBy, Apportionment, Bound, ECONOMIC_TYPES, Holds, NO_EMPLOYER, Portion, Property,
    PropertyChoice, RegisterField, StructureRule,
};
pub use crate::programme::tables::{HeadingWords, TableWords};
pub use crate::programme::xray::{
    KnownQuantity, LikeUnions, LooksFor, Quantity, XrayKind, XrayRule,
};

/// A loaded standard. All its references are valid: the loader accepts nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standard {
    pub key: String,
    /// Content hash (SHA-256, hex) over `standard.toml` and `facts.toml`, stored with every kept judgement.
    pub version: String,
    pub programme: Programme,
    pub parameters: Vec<Parameter>,
    /// What tiers are called; those without a name of their own are not in it.
    pub tiers: Vec<Tier>,
    /// In the order of the file: within a ladder, the lowest tier first.
    pub titles: Vec<Title>,
    pub criteria: Vec<Criterion>,
    pub groups: Vec<FactGroup>,
    pub facts: Vec<Fact>,
    /// The indices of the facts in the order of their keys, the order of a subject's answers.
    pub facts_by_key: Vec<usize>,
    pub activity_kinds: Vec<ActivityKind>,
    pub rating: Option<Rating>,
    pub vetoes: Vec<Veto>,
    /// Who is asked about units that apply for titles which vetoes bar, in the order of the file.
    pub departments: Vec<Department>,
    pub equivalence: Option<Equivalence>,
    pub calendar: Option<Calendar>,
    /// Who is reminded, and when.
    pub reminders: Vec<Reminder>,
    pub working_days: WorkingDays,
    pub review: Review,
    /// Public notices before an application and before a naming.
    pub publication: Publication,
    /// Cases and meetings.
    pub sharing: Sharing,
    pub routes: Vec<Route>,
    /// How places are proposed.
    pub apportionments: Vec<Apportionment>,
    /// The properties of candidates that `structure` counts.
    pub properties: Vec<Property>,
    /// The rules over a list of candidates.
    pub structure: Vec<StructureRule>,
    pub targets: Vec<Target>,
    /// By which sizes unions are told apart, from the smallest.
    pub sizes: Vec<Size>,
    /// Where districts stand in the map of tiles.
    pub tiles: Vec<Tile>,
    pub rewards: Vec<Reward>,
    /// The yearly subsidies; `None` where there are none.
    pub subsidy: Option<SubsidyRules>,
    /// The rules of money that was granted; `None` where the standard has none.
    pub money: Option<MoneyRules>,
    /// What money may be spent on.
    pub purposes: Vec<Purpose>,
    /// How the city spot-checks; `None` where it doesn't.
    pub spot_check: Option<SpotCheck>,
    /// What visits of spot checks come to.
    pub visit: Option<VisitRules>,
    /// The honours for which holders of a title are put forward first.
    pub higher_honours: Vec<HigherHonour>,
    /// The contradictions that are looked for in the data.
    pub xray: Vec<XrayRule>,
    pub supports: Vec<Clause>,
    pub clauses: Vec<Clause>,
    /// How the tables that offices send are read.
    pub tables: TableWords,
    pub divisions: DivisionWords,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programme {
    pub name: Text,
    pub kind: ProgrammeKind,
    pub approving_body: Text,
    pub document_number: String,
    pub issued_on: Date,
    pub first_year: i16,
    pub last_year: i16,
    pub cycle: String,
    pub legal_basis: Vec<Text>,
    pub summary: Text,
    /// How open points of the source are interpreted.
    pub notes: Vec<Text>,
    /// Words for the levels of honours, as certificates and tables have them, also in front of a title.
    pub level_words: Vec<(HonourLevel, String)>,
}

keyed! {
    /// The kind of programme: they differ in their rules.
    pub enum ProgrammeKind {
        Commendation = "commendation",
        GradeRating = "grade-rating",
        AnnualAssessment = "annual-assessment",
    }
}

/// A figure that may change by date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub key: String,
    pub name: Text,
    pub clause: String,
    /// The values by the day from which each is in force, earliest first; never empty.
    pub values: Vec<(Date, Figure)>,
}

/// A tier as people say it of several titles: `信赖`称号, `trusted` titles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    pub key: String,
    pub name: Text,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    pub key: String,
    pub name: Text,
    pub ladder: String,
    pub tier: String,
    /// The title it builds on, whose criteria are also this title's.
    pub below: Option<String>,
    /// Whether the title below (or an equivalent) must be held to apply.
    pub needs_below: bool,
    pub kinds: Vec<Kind>,
    pub source: String,
    pub slogan: Option<Text>,
    pub barred_by_vetoes: bool,
    /// For people: vetoes of the union bar only these posts.
    pub barred_posts: Vec<Post>,
    /// The title that the person's union must hold.
    pub needs_union_title: Option<String>,
    pub needs_union_title_clause: Option<String>,
    pub number_format: String,
    /// Every so many years it is looked at whether a holder still meets the conditions; never where it is none.
    pub looked_at_every: Option<u64>,
    /// How large its plaque is, as whoever makes it reads it: `600 × 400 mm`.
    pub plaque_size: Option<String>,
    /// In the order of the source.
    pub criteria: Vec<TitleCriterion>,
}

/// A criterion as one title requires it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleCriterion {
    pub clause: String,
    /// The kinds it applies to: those common to the title, the criterion and its mention in the title. Never empty.
    pub kinds: Vec<Kind>,
    /// The employers it applies to; empty for any.
    pub employers: Vec<Employer>,
    pub check: Check,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    pub clause: String,
    pub group: Option<Text>,
    pub source: String,
    pub name: Text,
    pub text: Text,
    pub kinds: Vec<Kind>,
    pub employers: Vec<Employer>,
    pub verify: Vec<Verify>,
    pub check: Check,
    pub advice: Option<Text>,
    /// Whether a unit that was found short of it can still mend it within the year: what a log of past months shows it can't.
    pub mendable: bool,
}

keyed! {
    /// How a reviewer checks a criterion.
    pub enum Verify {
        Figures = "figures",
        Ledger = "ledger",
        Talk = "talk",
        OnTheSpot = "on-the-spot",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityKind {
    pub key: String,
    pub name: Text,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Veto {
    pub clause: String,
    pub name: Text,
    pub text: Text,
    /// What departments call it in the tables they send, besides its name: 拖欠农民工工资.
    pub words: Vec<String>,
    /// So many years before the round's own are looked at, too.
    pub years_back: i16,
}

/// Earlier honours that count as a title held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivalence {
    pub clause: String,
    /// The last year in which such an honour was given.
    pub given_until: i16,
    pub levels: Vec<HonourLevel>,
    pub tier: String,
    pub must_be_reconfirmed: bool,
    pub text: Text,
}

/// How files are reviewed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    pub unconfirmed: Unconfirmed,
    /// The clauses whose figures stand beside each candidate where candidates are ranked and recommended.
    pub shown: Vec<String>,
}

keyed! {
    /// What becomes of criteria that nobody has confirmed when many files are decided or recommended at once.
    #[derive(Default)]
    pub enum Unconfirmed {
        /// Such a file is left out until each of its criteria was confirmed on its own desk.
        #[default]
        Refuse = "refuse",
        /// Whoever decides may confirm the rest of many files, in their own name and with a reason, by an act of its own.
        Confirm = "confirm",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub clause: String,
    pub title: String,
    pub name: Text,
    pub by: Date,
    pub amount: TargetAmount,
    /// What share of it should be reached by the end of each of these years; between them, and where there are none, the line is straight.
    pub line: Vec<LinePoint>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetAmount {
    Count(u64),
    /// A share of all grassroots unions.
    Share(Rate),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    pub clause: String,
    pub name: Text,
    pub text: Text,
    pub titles: Vec<String>,
    pub kinds: Vec<Kind>,
    /// Division codes.
    pub divisions: Vec<String>,
    /// Change of the yearly subsidy in basis points: `+40%` is 4000.
    pub subsidy_change_bp: Option<i64>,
}

/// An informative clause, which is not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    pub clause: String,
    pub name: Option<Text>,
    pub text: Text,
}
