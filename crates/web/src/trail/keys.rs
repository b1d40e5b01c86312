//! The words of the keys in a line of the trail: those of the standard by its own names, those of the program by theirs.

use std::sync::Arc;

use jianjia_app::core::standard::Standards;
use jianjia_domain::{
    check::{outcome::Decision, remark::Seen, visit::Colour},
    core::{job::JobKind, place::UnitKind, policy::Role},
    exchange::import::ImportKind,
    money::priority::Outcome,
    rating::poll::PollState,
    register::person::Post as RegisterPost,
    round::application::{EventAct, state_word},
    year::statement::Source,
};
use jianjia_standard::{Standard, Text};

use crate::{frame::Frame, pages::rating::poll};

pub(super) struct Keys<'a> {
    pub frame: &'a Frame,
    /// The newest first: a key means what it means now, else what it meant.
    standards: Vec<&'a Arc<Standard>>,
}

impl<'a> Keys<'a> {
    pub(super) fn of(frame: &'a Frame, standards: &'a Standards) -> Keys<'a> {
        let mut all: Vec<&Arc<Standard>> = standards.all();
        all.reverse();
        Keys {
            frame,
            standards: all,
        }
    }

    /// What a field is called: an answer by its question.
    pub(super) fn field(&self, key: &str) -> String {
        let word = word(key);
        if word != key {
            return self.frame.t(word).to_owned();
        }
        self.of_standard("", key).unwrap_or_else(|| key.to_owned())
    }

    /// What a key means as the value of a field; a text that is no key as it stands.
    pub(super) fn value(&self, field: &str, text: &str) -> String {
        let fixed = match field {
            "was" | "state" => match PollState::from_key(text) {
                Some(state) => poll::state_word(self.frame, &state),
                None => state_word(text),
            },
            "event" => EventAct::from_key(text).map_or("", EventAct::word),
            "source" => Source::from_key(text).map_or("", Source::word),
            "colour" => Colour::from_key(text).map_or("", Colour::word),
            "decision" => Decision::from_key(text).map_or("", Decision::word),
            "seen" => Seen::from_key(text).map_or("", Seen::word),
            "job" => JobKind::from_key(text).map_or("", JobKind::word),
            "outcome" => Outcome::from_key(text).map_or(value_word(text), Outcome::word),
            "role" => Role::from_key(text).map_or("", Role::word),
            "post" => RegisterPost::from_key(text).map_or("", RegisterPost::word),
            "kind" => ImportKind::from_key(text)
                .map(ImportKind::word)
                .or_else(|| UnitKind::from_key(text).map(UnitKind::word))
                .unwrap_or(""),
            "object" if text.starts_with("leader:") => "",
            _ => value_word(text),
        };
        if !fixed.is_empty() && fixed != text {
            return self.frame.t_fixed(fixed).to_owned();
        }
        let (key, place) = match text.split_once(':') {
            Some(("fact", key)) => (key, None),
            Some((key, place)) if place.bytes().all(|byte| byte.is_ascii_digit()) => {
                (key, Some(place))
            }
            _ => (text, None),
        };
        match (self.of_standard(field, key), place) {
            (Some(name), Some(place)) => format!("{name} {place}"),
            (Some(name), None) => name,
            (None, _) => text.to_owned(),
        }
    }

    /// The standard's name of a key.
    fn of_standard(&self, field: &str, key: &str) -> Option<String> {
        let mut standards = self.standards.iter();
        let name = standards.find_map(|standard| name_in(standard, field, key))?;
        Some(self.frame.text(name).to_owned())
    }
}

fn name_in<'a>(standard: &'a Standard, field: &str, key: &str) -> Option<&'a Text> {
    let rating = standard.rating.as_ref();
    let ballot = rating.and_then(|rating| rating.ballot.as_ref());
    if field == "side" {
        let mut sides = ballot.iter().flat_map(|ballot| &ballot.group.sides);
        return sides.find(|side| side.key == key).map(|side| &side.name);
    }
    let title = || standard.title(key).map(|title| &title.name);
    let fact = || standard.fact(key).map(|fact| &fact.name);
    let grade = || {
        let mut grades = ballot.iter().flat_map(|ballot| &ballot.grades);
        grades
            .find(|grade| grade.key == key)
            .map(|grade| &grade.name)
    };
    let object = || {
        let mut objects = ballot.iter().flat_map(|ballot| &ballot.objects);
        objects
            .find(|object| object.key == key)
            .map(|object| &object.name)
    };
    let voters = || {
        let roll = rating.and_then(|rating| rating.roll.as_ref());
        let mut voters = roll.iter().flat_map(|roll| &roll.voters);
        voters
            .find(|voters| voters.key == key)
            .map(|voters| &voters.name)
    };
    let activity = || {
        let mut kinds = standard.activity_kinds.iter();
        kinds.find(|kind| kind.key == key).map(|kind| &kind.name)
    };
    let purpose = || standard.purpose(key).map(|purpose| &purpose.name);
    if field == "purpose" {
        return purpose();
    }
    let department = || {
        let department = standard.department(key);
        department.map(|department| &department.name)
    };
    if field == "department" {
        return department();
    }
    if field == "rule" {
        return standard.xray_rule(key).map(|rule| &rule.name);
    }
    if field == "honour" {
        return standard.higher_honour(key).map(|honour| &honour.name);
    }
    title()
        .or_else(fact)
        .or_else(grade)
        .or_else(object)
        .or_else(voters)
        .or_else(activity)
}

/// The words of values that are keys of the program, wherever they stand.
pub(crate) fn value_word(text: &str) -> &'static str {
    match text {
        "confirmed" => "认定|属实",
        "rejected" => "认定|不认可",
        "active" => "状态|启用",
        "locked" => "状态|已锁定",
        "command-line" => "命令行",
        "no-role" => "没有角色",
        "city" => "认定|市总工会",
        "term" => "认定|期满没有说明",
        "certificate/no-key" => "没有启用证书签名密钥",
        "certificate/key-of-another-instance" => "证书签名密钥打不开",
        "certificate/no-address" => "没有设置平台的访问地址",
        _ => "",
    }
}

/// The word of a field; a field of the standard, or of another version, stays as it is.
fn word(key: &str) -> &str {
    match key {
        "act" => "事项",
        "addressees" => "主送",
        "after" => "改后",
        "agrees" => "同意检查记录",
        "amount" => "金额",
        "answers" => "各档票数",
        "application" => "申报",
        "assigned_to" => "交办给",
        "at" => "时间",
        "bank" => "开户行",
        "ballots" => "选票数",
        "batch" => "批次",
        "because" | "reason" => "理由",
        "before" | "was" => "改前",
        "by" | "by_upper" => "由上级",
        "by_name" => "经办人",
        "bytes" => "大小（字节）",
        "certificates" => "证书张数",
        "characters" => "字数",
        "clause" => "条款",
        "clear" => "部门答复|无情形",
        "clauses" => "条款",
        "closes_on" => "截止日期",
        "colour" => "检查结果",
        "consent" => "上级同意",
        "copies" => "抄送",
        "counts" => "票数",
        "decider" => "决定的人",
        "decision" => "决定",
        "department" => "部门",
        "document_number" => "文号",
        "due_on" => "截止日期",
        "effect" => "补贴下调条款",
        "effects_lifted" => "取消的补贴下调",
        "entered_by_name" => "录入人",
        "entries" | "entry" => "检查记录",
        "event" => "情况",
        "facts" | "fields" | "key" => "题目",
        "file" | "name" => "名称",
        "files" => "材料件数",
        "frame_hash" => "抽样框校验码",
        "from" => "从",
        "grants" => "拨款",
        "group" => "工作小组",
        "evidence" => "材料",
        "in-state" => "部门答复|有情形",
        "hash" => "校验码",
        "held_on" => "日期",
        "inspectors" => "检查人员",
        "issued" => "发出",
        "issued_on" => "印发日期",
        "job" => "后台任务",
        "judgement" => "判定",
        "kind" => "类别",
        "kiosk" => "现场设备投票",
        "lines" => "记录条数",
        "leaders" => "被测评的负责人",
        "left_on" => "离任日期",
        "login" => "登录名",
        "left" => "结余",
        "left_out" => "不再参加的检查人员",
        "called_in" => "递补的检查人员",
        "lottery" => "公开开奖",
        "member" => "成员序号",
        "members" => "会员人数",
        "mistakes" => "要改正的处数",
        "missing_files" => "缺失或损坏、没有放入的材料件数",
        "moved" => "随同变动",
        "named" => "命名",
        "note" => "说明",
        "notices" => "提醒",
        "number" => "编号",
        "object" => "测评项目",
        "open" => "可以分",
        "of" => "小组人数",
        "opened_by" => "开箱人",
        "order" => "名次",
        "over" => "支出超过",
        "outcome" => "认定",
        "papers" => "文书份数",
        "passed_over" => "越过的递补人选",
        "skipped" => "越过的个数",
        "raised" => "新列出的疑点",
        "corrected" => "已经对上的疑点",
        "changed" => "有变化的疑点",
        "rule" => "体检规则",
        "honour" => "上级荣誉",
        "place" => "名次",
        "on" => "日期",
        "paper" => "纸质票",
        "people" | "person" => "人员",
        "phone" => "手机投票",
        "photos" => "照片",
        "places" => "名额",
        "polls" => "测评次数",
        "post" => "职务",
        "printed" => "邀请单张数",
        "days" => "有效天数",
        "made" => "新建账号数",
        "unknown" => "部门答复|不清楚",
        "unnamed" => "姓名由本人填的",
        "own_name" => "姓名由本人填",
        "proposed" => "提出",
        "proposed_by" => "提出人",
        "purpose" => "用途",
        "rank" => "名次",
        "record" | "report" | "text" => "内容",
        "recorded_at" => "登记时间",
        "replaced" => "换票",
        "replaces" | "replacing" => "替换",
        "request" => "事项单",
        "returned" => "退回名额",
        "returned_on" => "交回日期",
        "role" => "角色",
        "roll" => "应投人数",
        "roll_reason" => "与会员人数不同的原因",
        "rows" => "行数",
        "said" => "候选情况",
        "sample" => "抽查单位数",
        "seed" => "种子",
        "seen" => "看到的情况",
        "shown" => "公示的候选数",
        "side" => "代表",
        "signals" => "提示",
        "signatures" => "签字人数",
        "signed" => "签字已够数",
        "slips" => "票数（张）",
        "source" => "来源",
        "spoiled" => "票|作废",
        "state" => "状态",
        "step" => "审核步骤",
        "still" => "仍然有效的否决情形",
        "structure" => "名单结构",
        "successor" => "承接单位",
        "suggestions" => "意见条数",
        "tail" => "账号尾号",
        "tallies" => "计票结果",
        "target" => "用于",
        "term_years" => "任期（年）",
        "title" => "称号或名称",
        "titles" => "撤销的称号",
        "to" => "到",
        "totals" => "测评结果",
        "trail_unsealed" => "还没有封存、没有放入的审计记录条数",
        "units" => "单位数",
        "until" => "整改期限",
        "unanswered" => "部门没有明确答复的",
        "unused" => "未用",
        "upper" => "上级工会",
        "used" => "已用",
        "version" => "标准版本校验码",
        "veto" => "对象|否决情形",
        "void" => "无效票",
        "vouchers" => "凭证",
        "voters" => "投票人",
        "without_certificates" => "证书不全的原因",
        "year" => "年度",
        _ => key,
    }
}
