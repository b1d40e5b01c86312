//! What was acted on: a noun and which one.

use crate::core::ids::{
    AccountId, ActivityId, AmendmentId, ApplicationId, CaseId, DoubtId, ElectionId, EntryId,
    EvidenceId, ForwardId, GrantListId, HonourId, ImportId, ImprovementId, JobId, LedgerEntryId,
    LetterId, MeetingId, ObjectionId, PaymentRunId, PersonId, PollId, ProposalId, PublicationId,
    SpotCheckId, StatementId, TopicId, UnitId, VetoId, VisitId,
};

jianjia_standard::keyed! {
    /// The kinds of things that are acted on. The keys stand in tables: one that was written once stays.
    pub enum Noun {
        Account = "account" / "对象|账号",
        Activity = "activity" / "对象|活动",
        Amendment = "amendment" / "对象|新版标准",
        Application = "application" / "对象|申报",
        Archive = "archive" / "对象|年度档案",
        Batch = "batch" / "对象|命名批次",
        Case = "case" / "对象|案例",
        CertificateKey = "certificate-key" / "对象|证书签名密钥",
        City = "city" / "对象|全市",
        Department = "department" / "对象|部门答复",
        Doubt = "doubt" / "对象|数据疑点",
        Edition = "edition" / "对象|标准版本",
        Election = "election" / "对象|换届",
        Entry = "entry" / "对象|部门认定",
        Evidence = "evidence" / "对象|材料",
        Forward = "forward" / "对象|上级荣誉推荐",
        GrantList = "grant-list" / "对象|拨款清单",
        Honour = "honour" / "对象|称号",
        Import = "import" / "对象|导入表",
        Improvement = "improvement" / "对象|改进事项",
        Job = "job" / "对象|后台任务",
        LedgerEntry = "ledger-entry" / "对象|经费账",
        Letter = "letter" / "对象|来信",
        Meeting = "meeting" / "对象|现场会",
        Objection = "objection" / "对象|异议",
        MoneyYear = "money-year" / "对象|年度经费",
        PaymentRun = "payment-run" / "对象|付款批次",
        Person = "person" / "对象|人员",
        Poll = "poll" / "对象|民主测评",
        Proposal = "proposal" / "对象|标准修改方案",
        Publication = "publication" / "对象|公示",
        Quota = "quota" / "对象|名额",
        Recommendation = "recommendation" / "对象|推荐",
        Round = "round" / "对象|年度日程",
        SpotCheck = "spot-check" / "对象|抽查",
        Standard = "standard" / "对象|标准",
        Statement = "statement" / "对象|年度情况",
        Subsidies = "subsidies" / "对象|补贴",
        Topic = "topic" / "对象|研讨题目",
        Trail = "trail" / "对象|审计记录",
        Unit = "unit" / "对象|单位",
        Veto = "veto" / "对象|否决情形",
        Visit = "visit" / "对象|抽查到访",
    }
}

/// What was acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    Account(AccountId),
    Activity(ActivityId),
    Amendment(AmendmentId),
    Application(ApplicationId),
    /// The archive of a year.
    Archive(i16),
    /// Titles that were given in one act, by the key that they share.
    Batch(String),
    Case(CaseId),
    /// A key that signs certificates, by its name.
    CertificateKey(String),
    /// The whole city: it was made.
    City,
    /// What a department is asked in a year, by its key.
    Department {
        year: i16,
        department: String,
    },
    /// A contradiction in a union's data.
    Doubt(DoubtId),
    /// A version that was confirmed, by its amendment.
    Edition(AmendmentId),
    Election(ElectionId),
    /// What a department says of a unit.
    Entry(EntryId),
    Evidence(EvidenceId),
    /// Who was put forward for a higher honour.
    Forward(ForwardId),
    /// A list of what is to be granted.
    GrantList(GrantListId),
    Honour(HonourId),
    /// A table; none where the command line takes one in without keeping it.
    Import(Option<ImportId>),
    Improvement(ImprovementId),
    Job(JobId),
    LedgerEntry(LedgerEntryId),
    Letter(LetterId),
    Meeting(MeetingId),
    /// The money of a year.
    MoneyYear(i16),
    Objection(ObjectionId),
    PaymentRun(PaymentRunId),
    Person(PersonId),
    Poll(PollId),
    /// A change of the standard that somebody proposes.
    Proposal(ProposalId),
    Publication(PublicationId),
    /// The places for a title that a federation was given in a year.
    Quota {
        year: i16,
        /// The title's key.
        title: String,
        federation: UnitId,
    },
    /// A federation's recommendations for a title in a year.
    Recommendation {
        year: i16,
        /// The title's key.
        title: String,
    },
    /// The calendar of a year.
    Round(i16),
    SpotCheck(SpotCheckId),
    /// The standard, by its version.
    Standard(String),
    Statement(StatementId),
    /// The subsidies of a year.
    Subsidies(i16),
    Topic(TopicId),
    /// The trail itself.
    Trail,
    Unit(UnitId),
    Veto(VetoId),
    Visit(VisitId),
}

impl Object {
    pub fn noun(&self) -> Noun {
        match self {
            Object::Account(_) => Noun::Account,
            Object::Activity(_) => Noun::Activity,
            Object::Amendment(_) => Noun::Amendment,
            Object::Application(_) => Noun::Application,
            Object::Archive(_) => Noun::Archive,
            Object::Batch(_) => Noun::Batch,
            Object::Case(_) => Noun::Case,
            Object::CertificateKey(_) => Noun::CertificateKey,
            Object::City => Noun::City,
            Object::Department { .. } => Noun::Department,
            Object::Doubt(_) => Noun::Doubt,
            Object::Edition(_) => Noun::Edition,
            Object::Election(_) => Noun::Election,
            Object::Entry(_) => Noun::Entry,
            Object::Evidence(_) => Noun::Evidence,
            Object::Forward(_) => Noun::Forward,
            Object::GrantList(_) => Noun::GrantList,
            Object::Honour(_) => Noun::Honour,
            Object::Import(_) => Noun::Import,
            Object::Improvement(_) => Noun::Improvement,
            Object::Job(_) => Noun::Job,
            Object::LedgerEntry(_) => Noun::LedgerEntry,
            Object::Letter(_) => Noun::Letter,
            Object::Meeting(_) => Noun::Meeting,
            Object::MoneyYear(_) => Noun::MoneyYear,
            Object::PaymentRun(_) => Noun::PaymentRun,
            Object::Objection(_) => Noun::Objection,
            Object::Person(_) => Noun::Person,
            Object::Poll(_) => Noun::Poll,
            Object::Proposal(_) => Noun::Proposal,
            Object::Publication(_) => Noun::Publication,
            Object::Quota { .. } => Noun::Quota,
            Object::Recommendation { .. } => Noun::Recommendation,
            Object::Round(_) => Noun::Round,
            Object::SpotCheck(_) => Noun::SpotCheck,
            Object::Standard(_) => Noun::Standard,
            Object::Statement(_) => Noun::Statement,
            Object::Subsidies(_) => Noun::Subsidies,
            Object::Topic(_) => Noun::Topic,
            Object::Trail => Noun::Trail,
            Object::Unit(_) => Noun::Unit,
            Object::Veto(_) => Noun::Veto,
            Object::Visit(_) => Noun::Visit,
        }
    }

    /// Which one, as the trail has it: an id, a year, or `2016/model-home/<id>`; empty where there is but one.
    pub fn id(&self) -> String {
        match self {
            Object::Account(id) => id.to_string(),
            Object::Activity(id) => id.to_string(),
            Object::Amendment(id) => id.to_string(),
            Object::Application(id) => id.to_string(),
            Object::Archive(year) => year.to_string(),
            Object::Batch(key) => key.clone(),
            Object::Case(id) => id.to_string(),
            Object::CertificateKey(key) => key.clone(),
            Object::Department { year, department } => format!("{year}/{department}"),
            Object::Doubt(id) => id.to_string(),
            Object::Edition(id) => id.to_string(),
            Object::Election(id) => id.to_string(),
            Object::Entry(id) => id.to_string(),
            Object::Evidence(id) => id.to_string(),
            Object::Forward(id) => id.to_string(),
            Object::GrantList(id) => id.to_string(),
            Object::Honour(id) => id.to_string(),
            Object::Import(id) => id.map_or_else(String::new, |id| id.to_string()),
            Object::Improvement(id) => id.to_string(),
            Object::Job(id) => id.to_string(),
            Object::LedgerEntry(id) => id.to_string(),
            Object::Letter(id) => id.to_string(),
            Object::Meeting(id) => id.to_string(),
            Object::MoneyYear(year) => year.to_string(),
            Object::PaymentRun(id) => id.to_string(),
            Object::Objection(id) => id.to_string(),
            Object::Person(id) => id.to_string(),
            Object::Poll(id) => id.to_string(),
            Object::Proposal(id) => id.to_string(),
            Object::Publication(id) => id.to_string(),
            Object::Quota {
                year,
                title,
                federation,
            } => format!("{year}/{title}/{federation}"),
            Object::Recommendation { year, title } => format!("{year}/{title}"),
            Object::Round(year) => year.to_string(),
            Object::SpotCheck(id) => id.to_string(),
            Object::Standard(version) => version.clone(),
            Object::Statement(id) => id.to_string(),
            Object::Subsidies(year) => year.to_string(),
            Object::Topic(id) => id.to_string(),
            Object::Unit(id) => id.to_string(),
            Object::Veto(id) => id.to_string(),
            Object::Visit(id) => id.to_string(),
            Object::City | Object::Trail => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_noun_has_a_word_of_its_own_and_is_read_back() {
        let words: BTreeSet<&str> = Noun::ALL.into_iter().map(Noun::word).collect();
        assert_eq!(words.len(), Noun::ALL.len());
        for noun in Noun::ALL {
            assert_eq!(Noun::from_key(noun.key()), Some(noun));
        }
    }

    #[test]
    fn what_has_no_id_is_told_by_what_it_is_known_by() {
        let unit = UnitId(uuid::Uuid::from_u128(7));
        let title = "model-home".to_owned();
        let told = [
            Object::Recommendation {
                year: 2016,
                title: title.clone(),
            },
            Object::Quota {
                year: 2016,
                title,
                federation: unit,
            },
            Object::Round(2016),
            Object::Import(None),
            Object::Unit(unit),
        ]
        .map(|object| format!("{} {}", object.noun(), object.id()));
        assert_eq!(
            told,
            [
                "recommendation 2016/model-home",
                "quota 2016/model-home/00000000000000000000000000000007",
                "round 2016",
                "import ",
                "unit 00000000000000000000000000000007",
            ]
        );
    }
}
