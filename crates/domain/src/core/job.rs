//! Jobs: long work that a node does in the background, after the act that asked for it. What a job may become, when it is tried again, and what is done
//! again and again.

use jianjia_standard::{Lang, Text};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::{
    day,
    ids::{AccountId, JobId, UnitId},
    refusal::Refuse,
};

jianjia_standard::keyed! {
    /// What is done, in the order of the administrators' list. The keys stand in tables: one that was written once stays.
    pub enum JobKind {
        Import = "import" / "任务|导入表格",
        Export = "export" / "任务|导出表格",
        Archive = "archive" / "任务|制作年度档案",
        Verify = "verify" / "任务|全面核对",
        Seal = "seal" / "任务|封存审计记录",
        Remind = "remind" / "任务|按年度日程提醒",
        Invite = "invite" / "任务|提醒没有开通账号的人",
        TakeDown = "take-down" / "任务|撤下到期的公示",
        Rejudge = "rejudge" / "任务|补判各工会的达标情况",
        Sweep = "sweep" / "任务|清理过期的登录和旧任务",
        Backup = "backup" / "任务|每夜备份",
        Post = "post" / "任务|发送邮件和短信",
        Reset = "reset" / "任务|发送找回密码的一次性码",
        Xray = "xray" / "任务|数据体检",
        Editions = "editions" / "任务|启用到期的新版标准",
        Effect = "effect" / "任务|推演新版标准的影响",
        RejudgeEdition = "rejudge-edition" / "任务|按新版标准重新评判",
        Columns = "columns" / "任务|更新标准测算的数据",
    }
}

impl JobKind {
    /// Whether its result is a file for whoever asked for it.
    pub fn is_of_a_file(self) -> bool {
        matches!(self, JobKind::Export | JobKind::Archive)
    }
}

jianjia_standard::keyed! {
    /// A running job whose lease is over waits like a waiting one.
    pub enum JobState {
        Waiting = "waiting" / "任务状态|等待中",
        Running = "running" / "任务状态|办理中",
        Done = "done" / "任务状态|已办完",
        Failed = "failed" / "任务状态|未办成",
        Stopped = "stopped" / "任务状态|已停止",
    }
}

impl JobState {
    pub fn is_open(self) -> bool {
        matches!(self, JobState::Waiting | JobState::Running)
    }
}

jianjia_standard::keyed! {
    /// What a running job is at, where it goes through several.
    pub enum JobStage {
        Reading = "reading",
        Checking = "checking",
        Writing = "writing",
        /// Of a file: its rows are there.
        Saving = "saving",
        /// Of an archive: lines of records are written, then papers are set.
        Recording = "recording",
        Setting = "setting",
    }
}

/// How far a job is; a total of 0 is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobProgress {
    pub stage: Option<JobStage>,
    pub done: i64,
    pub total: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub kind: JobKind,
    /// No two jobs of a key are open.
    pub key: String,
    /// What it is about, as people call it: a file's name.
    pub name: String,
    pub payload: Value,
    pub state: JobState,
    /// None for the program itself.
    pub asked_by: Option<AccountId>,
    pub asked_by_name: String,
    /// Whose administrators it concerns; none for the city's.
    pub unit: Option<UnitId>,
    pub unit_path: String,
    /// How often it was taken since it was asked for.
    pub attempts: i64,
    pub due_at: Timestamp,
    /// The node that has it, or had it last.
    pub node: String,
    pub progress: JobProgress,
    /// Where a job that commits in portions goes on; empty at its beginning.
    pub reached: String,
    pub result: Value,
    /// Why the last attempt failed.
    pub error: Option<JobError>,
    pub created_at: Timestamp,
    pub began_at: Option<Timestamp>,
    /// When it ended; of a periodic one, when it was run last.
    pub ended_at: Option<Timestamp>,
}

impl Job {
    /// Whether it comes again: then its row is put back after each run.
    pub fn periodic(&self) -> Option<&'static Periodic> {
        PERIODIC
            .iter()
            .find(|periodic| periodic.kind == self.kind && self.key == periodic.key())
    }
}

/// What those who watch the program are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFigures {
    pub count: Vec<(JobKind, JobState, i64)>,
    /// Kinds of open jobs whose last attempt failed, and how many.
    pub failing: Vec<(JobKind, i64)>,
    /// Since when the oldest job is due that nobody has taken.
    pub oldest_due: Option<Timestamp>,
}

/// The right to end a job: the lease under which it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub job: JobId,
    pub word: String,
}

/// Why an attempt failed: a sentence for people, and what only those who run the program understand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobError {
    pub text: Text,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl JobError {
    /// What was refused, or failed, in both languages.
    pub fn told(sentence: impl Fn(Lang) -> String) -> JobError {
        JobError {
            text: Text {
                zh: sentence(Lang::Zh),
                en: sentence(Lang::En),
            },
            detail: String::new(),
        }
    }
}

/// How long a lease holds. A node that is killed leaves its jobs alone for so long.
pub const LEASE: SignedDuration = SignedDuration::from_secs(20);

/// How long after a failed attempt the next one comes. After the last of these it has failed for good.
const PAUSES: [SignedDuration; 4] = [
    SignedDuration::from_secs(10),
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
];

/// How often a job is tried in all.
pub const ATTEMPTS: i64 = PAUSES.len() as i64 + 1;

/// The pause after so many attempts; none after the last.
pub fn pause_after(attempts: i64) -> Option<SignedDuration> {
    let place = usize::try_from(attempts.max(1) - 1).ok()?;
    PAUSES.get(place).copied()
}

/// How long a job that is over is kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What is done again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periodic {
    pub kind: JobKind,
    pub when: When,
    pub by: By,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Every(SignedDuration),
    /// Each day at this hour, China's time.
    DailyAt(i8),
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Each node for itself, without a row: several at once do no harm, and it comes too often for a commit each time.
    EachNode,
    /// One node for the whole city.
    OneNode,
}

/// Everything that is done again and again.
pub const PERIODIC: &[Periodic] = &[
    Periodic {
        kind: JobKind::Seal,
        when: When::Every(SignedDuration::from_secs(5)),
        by: By::EachNode,
    },
    Periodic {
        kind: JobKind::Remind,
        when: When::DailyAt(7),
        by: By::OneNode,
    },
    Periodic {
        kind: JobKind::Invite,
        when: When::DailyAt(8),
        by: By::OneNode,
    },
    Periodic {
        kind: JobKind::TakeDown,
        when: When::DailyAt(0),
        by: By::OneNode,
    },
    Periodic {
        kind: JobKind::Rejudge,
        when: When::DailyAt(1),
        by: By::OneNode,
    },
    Periodic {
        kind: JobKind::Sweep,
        when: When::Every(SignedDuration::from_hours(1)),
        by: By::OneNode,
    },
    Periodic {
        kind: JobKind::Backup,
        when: When::DailyAt(2),
        by: By::OneNode,
    },
    Periodic {
        kind: JobKind::Xray,
        when: When::DailyAt(3),
        by: By::OneNode,
    },
    Periodic {
        kind: JobKind::Post,
        when: When::Every(SignedDuration::from_mins(1)),
        by: By::OneNode,
    },
    Periodic {
        kind: JobKind::Editions,
        when: When::Every(SignedDuration::from_secs(5)),
        by: By::EachNode,
    },
    Periodic {
        kind: JobKind::Columns,
        when: When::Every(SignedDuration::from_mins(1)),
        by: By::EachNode,
    },
];

impl Periodic {
    /// The key of its job.
    pub fn key(&self) -> String {
        format!("periodic:{}", self.kind)
    }
}

impl When {
    /// When it comes next after an instant.
    pub fn next(self, after: Timestamp) -> Timestamp {
        match self {
            When::Every(pause) => after + pause,
            When::DailyAt(hour) => {
                let at = |date| day::start_of(date) + SignedDuration::from_hours(hour.into());
                let today = day::day_of(after);
                let of_today = at(today);
                if of_today > after {
                    of_today
                } else {
                    today.tomorrow().map_or(after, at)
                }
            }
        }
    }
}

/// What can't be done with a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobRefusal {
    /// It can't be stopped any more.
    Over,
    /// It can't be tried again: it waits, runs, is done, or another one does the same.
    NotFailed,
}

impl Refuse for JobRefusal {
    fn key(&self) -> &'static str {
        match self {
            JobRefusal::Over => "job/over",
            JobRefusal::NotFailed => "job/not-failed",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        let sentence = match (self, lang) {
            (JobRefusal::Over, Lang::Zh) => {
                "这个任务已经结束，不能再停止：能停止的只有等待和正在办理的任务。结果见下面。"
            }
            (JobRefusal::Over, Lang::En) => {
                "This job is over and can't be stopped: only a job that waits or runs can. Its result is below."
            }
            (JobRefusal::NotFailed, Lang::Zh) => {
                "这个任务不用再试：能再试的只有未办成或已停止、又没有同样任务在办的。请看任务列表。"
            }
            (JobRefusal::NotFailed, Lang::En) => {
                "There is no need to try this job again: only one that failed or was stopped can be, while no other does the same. Look at the list of jobs."
            }
        };
        sentence.to_owned()
    }
}

/// Why an attempt failed that nobody refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// The program's own error.
    Program,
    /// The database or the disk fails.
    Outage,
    /// Each node that took it ended in the middle of it.
    Interrupted,
    /// What it was about is not there any more.
    Gone,
}

impl Failing {
    pub fn sentence(self, lang: Lang) -> String {
        let sentence = match (self, lang) {
            (Failing::Program, Lang::Zh) => {
                "办理时程序出了错，这一次未办成。原因记在程序日志里，请联系维护程序的人。"
            }
            (Failing::Program, Lang::En) => {
                "The program failed at it this time. The reason is in the program's log: ask whoever runs the program."
            }
            (Failing::Outage, Lang::Zh) => {
                "办理时数据库或磁盘不能用，这一次未办成。请联系维护程序的人，检查数据库和磁盘。"
            }
            (Failing::Outage, Lang::En) => {
                "The database or the disk failed meanwhile, so it was not done this time. Ask whoever runs the program to check both."
            }
            (Failing::Interrupted, Lang::Zh) => {
                "办理它的程序几次都在中途停掉，所以不再自动试。请联系维护程序的人看程序日志，再点“再试一次”。"
            }
            (Failing::Interrupted, Lang::En) => {
                "Each time the program ended in the middle of it, so it is not tried any more. Ask whoever runs the program to look at its log, then try again."
            }
            (Failing::Gone, Lang::Zh) => {
                "要办的内容已经不在，或者交办的人不能再办这件事，所以没有办。请从头再来。"
            }
            (Failing::Gone, Lang::En) => {
                "What it was about is gone, or whoever asked for it may not do it any more, so it was not done. Begin anew."
            }
        };
        sentence.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_and_end() {
        let pauses: Vec<i64> = (1..=ATTEMPTS)
            .map_while(|attempts| pause_after(attempts).map(|pause| pause.as_secs()))
            .collect();
        assert_eq!(pauses, [10, 60, 300, 1_800]);
        assert_eq!(pause_after(ATTEMPTS), None);
        assert_eq!(pause_after(i64::MAX), None);
    }

    #[test]
    fn what_is_daily_comes_at_its_hour_in_china() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        for (after, expect) in [
            ("2016-10-19T17:59:59Z", "2016-10-19T18:00:00Z"),
            ("2016-10-19T18:00:00Z", "2016-10-20T18:00:00Z"),
            ("2016-10-20T03:00:00Z", "2016-10-20T18:00:00Z"),
            ("2016-12-31T18:30:00Z", "2017-01-01T18:00:00Z"),
        ] {
            assert_eq!(When::DailyAt(2).next(at(after)), at(expect), "{after}");
        }
        let every = When::Every(SignedDuration::from_secs(5));
        assert_eq!(
            every.next(at("2016-10-20T00:00:00Z")),
            at("2016-10-20T00:00:05Z")
        );
    }

    #[test]
    fn each_kind_comes_again_in_one_way() {
        let mut kinds: Vec<JobKind> = PERIODIC.iter().map(|periodic| periodic.kind).collect();
        kinds.dedup();
        assert_eq!(kinds.len(), PERIODIC.len());
    }
}
