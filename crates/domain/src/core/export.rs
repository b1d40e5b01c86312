//! Long tables and papers that are made in the background: the result is a private file, which whoever asked for it downloads for a while.

use std::collections::BTreeMap;

use jianjia_standard::Lang;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::core::{job::JobKind, policy::Act, refusal::Refuse};

/// Tables of so many rows are made in the background: a workbook of them takes some seconds, and a browser that waits for it may give up.
pub const LONG_FROM: i64 = 3_000;

/// So long the file can be downloaded.
pub const KEPT: SignedDuration = SignedDuration::from_hours(72);

jianjia_standard::keyed! {
    /// What a file holds.
    pub enum ExportKind {
        /// The list of units, as it was asked for.
        Units = "units" / "工会名册",
        /// Lines of the trail.
        Trail = "trail" / "审计记录",
        /// What is recorded below a unit, with the columns of the import.
        Table = "table" / "登记的数据",
        /// As `Table`, of accounts.
        Accounts = "accounts" / "账号",
        /// Files of the queue, as it was asked for.
        Reviews = "reviews" / "下属单位的申报",
        /// The register of vetoes, as it was asked for.
        Vetoes = "vetoes" / "否决登记",
        /// What a department was asked and answered.
        Answers = "answers" / "部门答复",
        /// The own messages.
        Messages = "messages" / "消息",
        /// Units below a federation that may miss the round.
        Risk = "risk" / "需要关注的单位",
        /// Who is to come below a unit.
        Invitations = "invitations" / "邀请",
        /// The list of accounts, as it was asked for.
        AccountList = "account-list" / "账号名单",
        /// Letters of the public.
        Letters = "letters" / "来信",
        /// The candidates for a title.
        Candidates = "candidates" / "待命名的候选",
        /// The certificates of titles that were named together.
        Certificates = "certificates" / "证书",
        /// A paper, or all papers of an application.
        Paper = "paper" / "文书",
        /// The subsidies of a year, as they were asked for.
        Subsidies = "subsidies" / "活动经费补贴",
        /// What the subsidies of a year start from.
        SubsidyBases = "subsidy-bases" / "补贴基数",
        /// Titles that are due to be looked at again, as they were asked for.
        Renewals = "renewals" / "到期复核",
        /// Contradictions in the data, as they were asked for.
        Doubts = "doubts" / "数据疑点",
        /// Unions that lack a clause.
        Lacking = "lacking" / "欠缺条目的工会",
        /// Unions that lack one clause alone.
        OneStep = "one-step" / "只差一步的工会",
        /// Titles that were gained or lost in a year.
        TitleChanges = "title-changes" / "称号变化",
        /// Unions for which a new version of the standard would change something.
        AmendmentEffect = "amendment-effect" / "受新版标准影响的单位",
        /// Who would gain or lose a title by a change of the standard, as it was asked for.
        WhatIf = "what-if" / "标准测算",
        /// Grants of a year, as they were asked for.
        Grants = "grants" / "拨款名单",
        /// What units of a year have and spent.
        UnitMoney = "unit-money" / "各单位经费",
        /// Entries of the ledger.
        LedgerEntries = "ledger-entries" / "经费账",
        /// All lines of the ledger, for the auditor.
        LedgerLines = "ledger-lines" / "经费明细账",
        /// The archive of a year, of the whole city.
        Archive = "archive" / "年度档案",
        /// Plaques that are to come back.
        Plaques = "plaques" / "交回的牌匾",
        /// Objections, without who objected and what they wrote.
        Objections = "objections" / "异议",
        /// Visits of spot checks, as they were asked for.
        Visits = "visits" / "抽查检查",
        /// Jobs that somebody administers.
        Jobs = "jobs" / "后台任务",
        /// What waits to be sent by mail and text message, was sent or was not.
        Post = "post" / "邮件和短信发送情况",
        /// Tables that were brought in.
        Imports = "imports" / "导入记录",
        /// Access tokens of the accounts that somebody administers.
        Tokens = "tokens" / "有效的访问令牌",
    }
}

impl ExportKind {
    /// The kind of the job that makes it.
    pub fn job(self) -> JobKind {
        match self {
            // It takes minutes, and no table waits for it.
            ExportKind::Archive => JobKind::Archive,
            _ => JobKind::Export,
        }
    }

    /// The act that it takes at its unit; none where seeing the unit is enough.
    pub fn act(self) -> Option<Act> {
        match self {
            // Their readings give what the person sees, wherever it is asked.
            ExportKind::Units
            | ExportKind::Reviews
            | ExportKind::Vetoes
            | ExportKind::Messages
            | ExportKind::Invitations
            | ExportKind::Candidates
            | ExportKind::Certificates
            | ExportKind::Renewals
            | ExportKind::Plaques
            | ExportKind::Objections
            | ExportKind::Visits
            | ExportKind::Subsidies
            | ExportKind::Doubts
            | ExportKind::Paper => None,
            ExportKind::Trail => Some(Act::ReadAudit),
            ExportKind::Table => Some(Act::ImportUnits),
            ExportKind::Accounts | ExportKind::AccountList => Some(Act::ManageAccounts),
            ExportKind::Answers => Some(Act::SeeLists),
            ExportKind::Risk => Some(Act::RemindBelow),
            ExportKind::Lacking | ExportKind::OneStep | ExportKind::TitleChanges => {
                Some(Act::SeeInsight)
            }
            ExportKind::Letters => Some(Act::AnswerLetter),
            ExportKind::SubsidyBases => Some(Act::SeeSubsidyBases),
            ExportKind::AmendmentEffect => Some(Act::SeeAmendments),
            ExportKind::WhatIf => Some(Act::AskWhatIf),
            ExportKind::Grants
            | ExportKind::UnitMoney
            | ExportKind::LedgerEntries
            | ExportKind::LedgerLines => Some(Act::SeeMoney),
            ExportKind::Archive => Some(Act::MakeArchive),
            ExportKind::Jobs => Some(Act::ManageJobs),
            ExportKind::Post => Some(Act::ManagePost),
            ExportKind::Imports => Some(Act::ImportUnits),
            ExportKind::Tokens => Some(Act::ManageAccounts),
        }
    }
}

/// A table that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    pub kind: ExportKind,
    /// The question, as the page's address has it.
    pub asked: BTreeMap<String, String>,
    /// The language of its words.
    pub lang: Lang,
}

/// The file that came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFile {
    /// Under which it is kept.
    pub key: String,
    pub hash: String,
    /// Under which it is downloaded.
    pub name: String,
    pub media_type: String,
    pub rows: i64,
    pub bytes: i64,
    /// The subtrees that it was made of: who sees less by now may not have it.
    pub scopes: Vec<String>,
}

/// Somebody's tables that wait or are made at a time.
pub const MOST_AT_ONCE: i64 = 5;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportRefusal {
    /// It was removed, or is being.
    Expired,
    /// So many of one person's are not ready yet.
    TooMany,
}

impl Refuse for ExportRefusal {
    fn key(&self) -> &'static str {
        match self {
            ExportRefusal::Expired => "export/expired",
            ExportRefusal::TooMany => "export/too-many",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        let days = KEPT.as_hours() / 24;
        match (self, lang) {
            (ExportRefusal::Expired, Lang::Zh) => {
                format!(
                    "这个文件已经过期删除：后台做好的文件只保留 {days} 天。需要的，请再做一次。"
                )
            }
            (ExportRefusal::Expired, Lang::En) => format!(
                "This file is gone: what is made in the background is kept for {days} days. Have it made again if you need it."
            ),
            (ExportRefusal::TooMany, Lang::Zh) => format!(
                "您已经有 {MOST_AT_ONCE} 个文件在等着生成，这一个没有安排。请等其中一个生成好，或者停止一个，再来一次。"
            ),
            (ExportRefusal::TooMany, Lang::En) => format!(
                "{MOST_AT_ONCE} files of yours are being made already, so this one was not begun. Wait until one is ready, or stop one, then ask again."
            ),
        }
    }
}
