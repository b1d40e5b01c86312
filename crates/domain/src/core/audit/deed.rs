//! What was done, by its name in the trail.

use crate::core::policy::Act;

jianjia_standard::keyed! {
    /// What was done, in the order of the auditors' menu. An `Act` of the policy is what somebody may do; a deed is what a line of the trail
    /// says that was done, and many come under one act: to hold a poll is to plan, open and close it. The keys stand in tables: one that was
    /// written once stays.
    pub enum Deed {
        CreateUnit = "create-unit" / "新建单位",
        EditUnit = "edit-unit" / "修改单位信息",
        RenameUnit = "rename-unit" / "单位改名",
        MoveUnit = "move-unit" / "单位改隶",
        MergeUnit = "merge-unit" / "单位合并",
        CloseUnit = "close-unit" / "单位撤销",
        CreatePerson = "create-person" / "登记人员",
        EditPerson = "edit-person" / "修改人员",
        LeavePerson = "leave-person" / "人员离任",
        RecordElection = "record-election" / "登记换届",
        RemoveElection = "remove-election" / "划去换届记录",
        CheckImport = "check-import" / "核对导入表",
        ConfirmImport = "confirm-import" / "确认导入",
        SayFacts = "say-facts" / "填报年度情况",
        LogActivity = "log-activity" / "登记活动",
        EditActivity = "edit-activity" / "修改活动",
        RemoveActivity = "remove-activity" / "删去活动",
        UploadEvidence = "upload-evidence" / "上传材料",
        AttachEvidence = "attach-evidence" / "引用材料",
        DetachEvidence = "detach-evidence" / "取消引用材料",
        RemoveEvidence = "remove-evidence" / "删去材料",
        RecordRating = "record-rating" / "登记民主测评",
        PlanPoll = "plan-poll" / "筹备民主测评",
        ConsentToPoll = "consent-to-poll" / "同意重办民主测评",
        OpenPoll = "open-poll" / "民主测评开始投票",
        RenewPollCodes = "renew-poll-codes" / "重新生成成员码",
        MakeSlips = "make-slips" / "制测评票",
        SpoilSlip = "spoil-slip" / "作废一张测评票",
        SpoilSlips = "spoil-slips" / "整批作废测评票",
        DemandSlips = "demand-slips" / "要求上级制作测评票",
        ClosePoll = "close-poll" / "民主测评停止投票",
        EnterPaperBallots = "enter-paper-ballots" / "录入纸质票",
        CountPoll = "count-poll" / "民主测评开箱计票",
        SignPoll = "sign-poll" / "民主测评签字",
        AnnulPoll = "annul-poll" / "宣布民主测评无效",
        AbandonPoll = "abandon-poll" / "中止民主测评",
        PlanImprovement = "plan-improvement" / "写改进事项",
        ReportImprovement = "report-improvement" / "报告改进事项",
        DraftApplication = "draft-application" / "起草申报",
        EditApplication = "edit-application" / "修改申报",
        RecordPosting = "record-posting" / "登记单位内公示",
        SubmitApplication = "submit-application" / "提交申报",
        AdoptStandard = "adopt-standard" / "启用标准",
        DraftAmendment = "draft-amendment" / "起草新版标准",
        ChangeAmendment = "change-amendment" / "修改新版标准",
        ProposeAmendment = "propose-amendment" / "提交新版标准确认",
        SendBackAmendment = "send-back-amendment" / "退回新版标准",
        WithdrawAmendment = "withdraw-amendment" / "撤回新版标准",
        ConfirmEdition = "confirm-edition" / "确认新版标准",
        WithdrawEdition = "withdraw-edition" / "撤回未生效的标准",
        BeginEdition = "begin-edition" / "新版标准生效",
        OvertakeEdition = "overtake-edition" / "新版标准因年度已评判未生效",
        AdoptRecords = "adopt-records" / "升级时接管已有记录",
        RenewSortKeys = "renew-sort-keys" / "升级时重做名称的排序",
        MakeDemo = "make-demo" / "生成演示城市",
        WithdrawApplication = "withdraw-application" / "撤回申报",
        DeclareConflict = "declare-conflict" / "声明回避",
        RecordFinding = "record-finding" / "记录逐条审核",
        TakeFile = "take-file" / "领取申报",
        GiveFile = "give-file" / "分派申报",
        ReleaseFile = "release-file" / "退还申报",
        PassFile = "pass-file" / "核实完毕，交审批",
        NoteFile = "note-file" / "写内部备注",
        EndorseApplication = "endorse-application" / "签署意见",
        ReturnApplication = "return-application" / "退回补正",
        RejectApplication = "reject-application" / "不予通过",
        DecideApplication = "decide-application" / "审核评定申报",
        RankCandidates = "rank-candidates" / "候选排名",
        SayProperty = "say-property" / "说明候选情况",
        RecommendApplication = "recommend-application" / "推荐候选",
        TakeUpReserve = "take-up-reserve" / "递补推荐",
        CloseRecommendation = "close-recommendation" / "办结推荐",
        PublishCandidates = "publish-candidates" / "公示候选名单",
        WithdrawPublication = "withdraw-publication" / "提前撤下公示",
        TakeDownPublication = "take-down-publication" / "公示期满撤下",
        ReceiveObjection = "receive-objection" / "收到异议",
        ConfirmObjection = "confirm-objection" / "确认异议",
        AssignObjection = "assign-objection" / "交办异议",
        NoteObjection = "note-objection" / "记录异议核实情况",
        AnswerObjection = "answer-objection" / "答复异议",
        NameApplications = "name-applications" / "命名",
        SetCalendar = "set-calendar" / "调整年度日程",
        SayImprint = "say-imprint" / "登记文号和印发",
        SetQuota = "set-quota" / "下达名额",
        OpenQuota = "open-quota" / "规定名额可否分到镇（街道）",
        MovePlaces = "move-places" / "调剂名额",
        ReturnPlaces = "return-places" / "退回空出的名额",
        SplitQuota = "split-quota" / "分配名额到镇（街道）",
        RecordVeto = "record-veto" / "登记否决情形",
        LiftVeto = "lift-veto" / "解除否决情形",
        NoteVisit = "note-visit" / "记录抽查检查",
        SettleVisit = "settle-visit" / "裁定不一致的检查记录",
        ConcludeVisit = "conclude-visit" / "办结抽查检查",
        AnswerVisit = "answer-visit" / "对抽查陈述意见",
        DecideVisit = "decide-visit" / "决定抽查结果",
        OverturnVisit = "overturn-visit" / "撤回抽查决定",
        ReturnPlaque = "return-plaque" / "登记牌匾交回",
        RenewHonours = "renew-honours" / "到期复核称号",
        SendLists = "send-lists" / "向部门发清单",
        BindDepartment = "bind-department" / "给部门开账号",
        AnswerList = "answer-list" / "部门答复",
        ReplyToEntry = "reply-to-entry" / "对认定作说明",
        UpholdEntry = "uphold-entry" / "维持认定",
        LiftEntry = "lift-entry" / "解除认定",
        RemindBelow = "remind-below" / "提醒下级工会",
        BeginHonour = "begin-honour" / "称号生效",
        ChangeHonour = "change-honour" / "变更称号",
        ReconfirmHonour = "reconfirm-honour" / "重新确认称号",
        MakeCertificateKey = "make-certificate-key" / "启用证书签名密钥",
        DistrustCertificateKey = "distrust-certificate-key" / "声明证书签名密钥泄露",
        PublishFrame = "publish-frame" / "公布抽样框",
        DrawSample = "draw-sample" / "录入种子，抽取样本",
        DeclareInspectorConflict = "declare-inspector-conflict" / "检查人员声明回避",
        ReleaseInspector = "release-inspector" / "更换检查人员",
        SaveGrantList = "save-grant-list" / "拟定拨款清单",
        DiscardGrantList = "discard-grant-list" / "放弃拨款清单",
        MakeGrants = "make-grants" / "下达经费",
        ReleaseGrants = "release-grants" / "批准拨付经费",
        SetBankDetails = "set-bank-details" / "登记银行账号",
        PrepareRun = "prepare-run" / "付款制单",
        WithdrawRun = "withdraw-run" / "撤回付款批次",
        ApproveRun = "approve-run" / "审批付款批次",
        FetchBankFile = "fetch-bank-file" / "下载付款文件",
        SettleRun = "settle-run" / "登记付款结果",
        ReturnPayment = "return-payment" / "登记到账后退回",
        SpendMoney = "spend-money" / "登记经费支出",
        ReceiveRefund = "receive-refund" / "登记退回经费",
        ClawBackMoney = "claw-back-money" / "追回经费",
        ReverseEntry = "reverse-entry" / "更正经费账",
        HandOverMoney = "hand-over-money" / "移交经费结余",
        CloseYear = "close-year" / "经费年终结账",
        CreateAccount = "create-account" / "新建账号",
        GiveRole = "give-role" / "授予角色",
        TakeRole = "take-role" / "收回角色",
        ResetPassword = "reset-password" / "重置密码",
        ChangePassword = "change-password" / "修改密码",
        LockAccount = "lock-account" / "锁定账号",
        UnlockAccount = "unlock-account" / "解锁账号",
        SignInElsewhere = "sign-in-elsewhere" / "在新的地方登录",
        SignInByProvider = "sign-in-by-provider" / "通过统一身份认证登录",
        SendResetCode = "send-reset-code" / "发送找回密码的一次性码",
        ResetByOneself = "reset-by-oneself" / "本人找回密码",
        BeginFactor = "begin-factor" / "启用两步验证",
        EndFactor = "end-factor" / "停用两步验证",
        ResetFactor = "reset-factor" / "解除两步验证",
        RenewRecoveryCodes = "renew-recovery-codes" / "重新生成恢复码",
        UseRecoveryCode = "use-recovery-code" / "使用恢复码",
        AddPasskey = "add-passkey" / "添加通行密钥",
        RemovePasskey = "remove-passkey" / "删除通行密钥",
        RefusePasskey = "refuse-passkey" / "拒绝通行密钥",
        MakeToken = "make-token" / "生成访问令牌",
        RevokeToken = "revoke-token" / "作废访问令牌",
        ProposeForAccount = "propose-for-account" / "提出账号事项",
        ConfirmForAccount = "confirm-for-account" / "确认账号事项",
        RefuseForAccount = "refuse-for-account" / "不同意账号事项",
        ReadAccountNotices = "read-account-notices" / "已阅账号变动",
        XrayBelow = "xray-below" / "体检数据",
        FindDoubts = "find-doubts" / "列出和了结数据疑点",
        AskAboutDoubt = "ask-about-doubt" / "询问数据疑点",
        AnswerDoubt = "answer-doubt" / "答复数据疑点",
        ExplainDoubt = "explain-doubt" / "认可数据疑点的说明",
        SetDoubtAside = "set-doubt-aside" / "不再追问数据疑点",
        PutForward = "put-forward" / "推荐上级荣誉",
        RecordOutcome = "record-outcome" / "登记上级荣誉的结果",
        MakeArchive = "make-archive" / "制作年度档案",
        StopJob = "stop-job" / "停止后台任务",
        RetryJob = "retry-job" / "再试后台任务",
        MakeAccounts = "make-accounts" / "按名册建立账号",
        PrintInvitations = "print-invitations" / "打印邀请单",
        ResetByInvitation = "reset-by-invitation" / "重新发邀请码",
        RevokeInvitation = "revoke-invitation" / "作废邀请码",
        JoinAccount = "join-account" / "凭邀请码开通账号",
        HandOverAccount = "hand-over-account" / "交接主席账号",
        SayAddresses = "say-addresses" / "登记手机和邮箱",
        RecordSubsidyBase = "record-subsidy-base" / "登记补贴基数",
        ReckonSubsidies = "reckon-subsidies" / "核定补贴",
        RetryPost = "retry-post" / "重发邮件短信",
        ReceiveLetter = "receive-letter" / "收到来信",
        AnswerLetter = "answer-letter" / "答复来信",
        WriteCase = "write-case" / "写案例",
        AddCasePhotos = "add-case-photos" / "给案例加照片",
        RemoveCasePhoto = "remove-case-photo" / "去掉案例照片",
        HandInCase = "hand-in-case" / "报送案例",
        RecommendCase = "recommend-case" / "推荐案例",
        ReturnCase = "return-case" / "退回案例",
        LeaveCase = "leave-case" / "不采用案例",
        EditCase = "edit-case" / "编辑案例",
        AskConsentToCase = "ask-consent-to-case" / "请工会同意案例编辑稿",
        AnswerForCase = "answer-for-case" / "答复案例编辑稿",
        PublishCase = "publish-case" / "发布案例",
        TakeDownCase = "take-down-case" / "撤下案例",
        OpenTopic = "open-topic" / "发起研讨题目",
        CloseTopic = "close-topic" / "研讨题目办结",
        ContributeToTopic = "contribute-to-topic" / "提交研讨意见",
        RetractContribution = "retract-contribution" / "收回研讨意见",
        AnswerContribution = "answer-contribution" / "答复研讨意见",
        HoldMeeting = "hold-meeting" / "召集现场会",
        ChangeMeeting = "change-meeting" / "修改现场会安排",
        CancelMeeting = "cancel-meeting" / "取消现场会",
        BookMeeting = "book-meeting" / "预约现场会",
        CancelBooking = "cancel-booking" / "取消预约",
        MarkAttendance = "mark-attendance" / "登记到会人员",
        ProposeChange = "propose-change" / "保存标准修改方案",
        ReviseProposal = "revise-proposal" / "改动标准修改方案",
        WithdrawProposal = "withdraw-proposal" / "撤回标准修改方案",
    }
}

impl Deed {
    /// The deed that is told by its act's own name; none where an act is only the permission for deeds of other names.
    pub fn of(act: Act) -> Option<Deed> {
        match act {
            Act::CreateUnit => Some(Deed::CreateUnit),
            Act::EditUnit => Some(Deed::EditUnit),
            Act::MoveUnit => Some(Deed::MoveUnit),
            Act::SayFacts => Some(Deed::SayFacts),
            Act::LogActivity => Some(Deed::LogActivity),
            Act::AttachEvidence => Some(Deed::AttachEvidence),
            Act::DraftApplication => Some(Deed::DraftApplication),
            Act::SubmitApplication => Some(Deed::SubmitApplication),
            Act::WithdrawApplication => Some(Deed::WithdrawApplication),
            Act::DeclareConflict => Some(Deed::DeclareConflict),
            Act::RecordFinding => Some(Deed::RecordFinding),
            Act::TakeFile => Some(Deed::TakeFile),
            Act::GiveFile => Some(Deed::GiveFile),
            Act::NoteFile => Some(Deed::NoteFile),
            Act::EndorseApplication => Some(Deed::EndorseApplication),
            Act::ReturnApplication => Some(Deed::ReturnApplication),
            Act::RejectApplication => Some(Deed::RejectApplication),
            Act::DecideApplication => Some(Deed::DecideApplication),
            Act::RecommendApplication => Some(Deed::RecommendApplication),
            Act::TakeUpReserve => Some(Deed::TakeUpReserve),
            Act::CloseRecommendation => Some(Deed::CloseRecommendation),
            Act::PublishCandidates => Some(Deed::PublishCandidates),
            Act::SplitQuota => Some(Deed::SplitQuota),
            Act::NameApplications => Some(Deed::NameApplications),
            Act::SetCalendar => Some(Deed::SetCalendar),
            Act::SetQuota => Some(Deed::SetQuota),
            Act::ConsentToPoll => Some(Deed::ConsentToPoll),
            Act::RecordVeto => Some(Deed::RecordVeto),
            Act::DecideVisit => Some(Deed::DecideVisit),
            Act::AnswerVisit => Some(Deed::AnswerVisit),
            Act::ReturnPlaque => Some(Deed::ReturnPlaque),
            Act::RenewHonours => Some(Deed::RenewHonours),
            Act::SendLists => Some(Deed::SendLists),
            Act::AnswerList => Some(Deed::AnswerList),
            Act::ReplyToEntry => Some(Deed::ReplyToEntry),
            Act::RemindBelow => Some(Deed::RemindBelow),
            Act::ChangeHonour => Some(Deed::ChangeHonour),
            Act::ReconfirmHonour => Some(Deed::ReconfirmHonour),
            Act::RecordSubsidyBase => Some(Deed::RecordSubsidyBase),
            Act::ReckonSubsidies => Some(Deed::ReckonSubsidies),
            Act::AnswerLetter => Some(Deed::AnswerLetter),
            Act::XrayBelow => Some(Deed::XrayBelow),
            Act::AnswerDoubt => Some(Deed::AnswerDoubt),
            Act::PutForward => Some(Deed::PutForward),
            Act::MakeArchive => Some(Deed::MakeArchive),
            Act::WriteCase => Some(Deed::WriteCase),
            Act::AnswerForCase => Some(Deed::AnswerForCase),
            Act::RecommendCase => Some(Deed::RecommendCase),
            Act::EditCase => Some(Deed::EditCase),
            Act::PublishCase => Some(Deed::PublishCase),
            Act::OpenTopic => Some(Deed::OpenTopic),
            Act::ContributeToTopic => Some(Deed::ContributeToTopic),
            Act::HoldMeeting => Some(Deed::HoldMeeting),
            Act::BookMeeting => Some(Deed::BookMeeting),
            Act::ProposeChange => Some(Deed::ProposeChange),
            Act::CorrectUnit
            | Act::HostMeeting
            | Act::ImportUnits
            | Act::EditPeople
            | Act::HoldPoll
            | Act::SupervisePoll
            | Act::HoldSpotCheck
            | Act::SeeSpotCheck
            | Act::SeeLists
            | Act::SeeInsight
            | Act::InspectHome
            | Act::AskWhatIf
            | Act::SeeMoney
            | Act::SeeUnitMoney
            | Act::SeeSubsidyBases
            | Act::SeeNotice
            | Act::SayBankDetails
            | Act::GrantMoney
            | Act::PreparePayment
            | Act::ApprovePayment
            | Act::RecordSpending
            | Act::TakeMoneyBack
            | Act::CloseBooks
            | Act::HandleObjection
            | Act::LookIntoObjection
            | Act::SeeDoubts
            | Act::HandleDoubts
            | Act::SeePriority
            | Act::ManageAccounts
            | Act::ManageCertificateKeys
            | Act::ManageJobs
            | Act::InviteBelow
            | Act::ManagePost
            | Act::ReadAudit
            | Act::ImportDivisions
            | Act::ImportTitles
            | Act::ImportVetoes
            | Act::ImportAnswers
            | Act::SeeAmendments
            | Act::PrepareAmendment
            | Act::PutInForce
            | Act::DecideEntry => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::core::policy::POLICY;

    #[test]
    fn every_deed_has_a_key_and_a_word_of_its_own_and_is_read_back() {
        let keys: BTreeSet<&str> = Deed::ALL.into_iter().map(Deed::key).collect();
        let words: BTreeSet<&str> = Deed::ALL.into_iter().map(Deed::word).collect();
        assert_eq!(
            (keys.len(), words.len()),
            (Deed::ALL.len(), Deed::ALL.len())
        );
        for deed in Deed::ALL {
            assert_eq!(Deed::from_key(deed.key()), Some(deed));
            assert!(
                deed.key()
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '-'),
                "{deed}"
            );
        }
    }

    #[test]
    fn a_deed_of_an_act_has_the_name_of_the_act() {
        let mut named = 0;
        for (act, _) in POLICY {
            if let Some(deed) = Deed::of(*act) {
                assert_eq!(serde_json::json!(act), deed.key());
                named += 1;
            }
        }
        assert_eq!(named, 55);
    }
}
