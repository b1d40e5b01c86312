//! The trail for auditors: who did what, when, and whether the chain holds.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::core::{
    app::App,
    audit::{self as audits, Question, TrailPage},
};
use jianjia_domain::core::policy::Act;
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/audit", Access::Act(Act::ReadAudit), index)]
}

/// The acts by their names in the trail, in the order of the menu.
const ACTS: &[(&str, &str)] = &[
    ("create-unit", "新建单位"),
    ("edit-unit", "修改单位信息"),
    ("rename-unit", "单位改名"),
    ("move-unit", "单位改隶"),
    ("merge-unit", "单位合并"),
    ("close-unit", "单位撤销"),
    ("create-person", "登记人员"),
    ("edit-person", "修改人员"),
    ("leave-person", "人员离任"),
    ("record-election", "登记换届"),
    ("remove-election", "划去换届记录"),
    ("check-import", "核对导入表"),
    ("confirm-import", "确认导入"),
    ("say-facts", "填报年度情况"),
    ("log-activity", "登记活动"),
    ("remove-activity", "删去活动"),
    ("upload-evidence", "上传佐证"),
    ("attach-evidence", "引用佐证"),
    ("detach-evidence", "取消引用佐证"),
    ("remove-evidence", "删去佐证"),
    ("record-rating", "登记民主测评"),
    ("plan-poll", "筹备民主测评"),
    ("open-poll", "民主测评开始投票"),
    ("renew-poll-codes", "重新生成成员码"),
    ("make-slips", "制测评票"),
    ("spoil-slip", "作废一张测评票"),
    ("spoil-slips", "整批作废测评票"),
    ("demand-slips", "要求上级制票"),
    ("close-poll", "民主测评停止投票"),
    ("enter-paper-ballots", "录入纸质票"),
    ("count-poll", "民主测评开箱计票"),
    ("sign-poll", "民主测评签字"),
    ("annul-poll", "宣布民主测评无效"),
    ("abandon-poll", "中止民主测评"),
    ("plan-improvement", "写改进事项"),
    ("report-improvement", "报告改进事项"),
    ("draft-application", "起草申报"),
    ("edit-application", "修改申报"),
    ("submit-application", "提交申报"),
    ("adopt-standard", "启用标准"),
    ("adopt-records", "升级时接管已有记录"),
    ("make-demo", "生成演示城市"),
    ("withdraw-application", "撤回申报"),
    ("declare-conflict", "声明回避"),
    ("record-finding", "记录逐条审核"),
    ("endorse-application", "签署意见"),
    ("return-application", "退回补正"),
    ("reject-application", "不予通过"),
    ("decide-application", "审核评定申报"),
    ("rank-candidates", "候选排名"),
    ("recommend-application", "推荐候选"),
    ("close-recommendation", "办结推荐"),
    ("name-applications", "命名"),
    ("set-calendar", "调整年度日程"),
    ("set-quota", "下达名额"),
    ("record-veto", "登记否决情形"),
    ("lift-veto", "解除否决情形"),
    ("begin-honour", "称号生效"),
    ("change-honour", "变更称号"),
    ("reconfirm-honour", "重新确认称号"),
    ("create-account", "新建账号"),
    ("give-role", "授予角色"),
    ("take-role", "收回角色"),
    ("reset-password", "重置密码"),
    ("change-password", "修改密码"),
    ("lock-account", "锁定账号"),
    ("unlock-account", "解锁账号"),
    ("propose-for-account", "提出账号事项"),
    ("confirm-for-account", "确认账号事项"),
    ("refuse-for-account", "不同意账号事项"),
    ("read-account-notices", "已阅账号变动"),
];

/// What is acted on, by its name in the trail.
const NOUNS: &[(&str, &str)] = &[
    ("account", "对象|账号"),
    ("activity", "对象|活动"),
    ("application", "对象|申报"),
    ("batch", "对象|命名批次"),
    ("election", "对象|换届"),
    ("evidence", "对象|佐证"),
    ("honour", "对象|称号"),
    ("import", "对象|导入表"),
    ("improvement", "对象|改进事项"),
    ("person", "对象|人员"),
    ("poll", "对象|民主测评"),
    ("quota", "对象|名额"),
    ("recommendation", "对象|推荐"),
    ("round", "对象|年度日程"),
    ("statement", "对象|年度情况"),
    ("unit", "对象|单位"),
    ("veto", "对象|否决情形"),
];

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    act: String,
    noun_id: String,
    account_name: String,
    from: String,
    until: String,
    before: String,
}

#[derive(Template)]
#[template(path = "core/audit/index.html")]
struct Index {
    frame: Frame,
    asked: Asked,
    trail: TrailPage,
}

impl Index {
    /// The act in the person's language; an act of a later version by its name.
    fn act<'a>(&'a self, key: &'a str) -> &'a str {
        self.word(ACTS, key)
    }

    /// What was acted on, in the same way.
    fn noun<'a>(&'a self, key: &'a str) -> &'a str {
        self.word(NOUNS, key)
    }

    fn word<'a>(&'a self, words: &[(&str, &'static str)], key: &'a str) -> &'a str {
        words
            .iter()
            .find(|(name, _)| *name == key)
            .map_or(key, |(_, word)| self.frame.t_fixed(word))
    }

    fn acts(&self) -> &'static [(&'static str, &'static str)] {
        ACTS
    }

    /// The address of the next page, with the same question.
    fn next(&self) -> Option<String> {
        let before = self.trail.next.as_ref()?;
        let asked = [
            ("act", &self.asked.act),
            ("noun_id", &self.asked.noun_id),
            ("account_name", &self.asked.account_name),
            ("from", &self.asked.from),
            ("until", &self.asked.until),
            ("before", before),
        ];
        let parts: Vec<String> = asked
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
            .collect();
        Some(format!("/audit?{}", parts.join("&")))
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let question = Question {
        act: asked.act.clone(),
        noun_id: asked.noun_id.clone(),
        account_name: asked.account_name.clone(),
        from: asked.from.parse().ok(),
        until: asked.until.parse().ok(),
        before: asked.before.clone(),
    };
    let trail = audits::page(&app, &actor, &question).await?;
    page(&Index {
        frame,
        asked,
        trail,
    })
}
