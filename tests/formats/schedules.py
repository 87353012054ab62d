"""Small schedules of our own with every feature the readers know, and a plain writer of XER tables."""

NAMESPACE = "http://schemas.microsoft.com/project"
_WEEK = "".join(
    f"<WeekDay><DayType>{day}</DayType><DayWorking>{int(day not in (1, 7))}</DayWorking>"
    + (
        "<WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>"
        "<WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime></WorkingTimes>"
        if day not in (1, 7)
        else ""
    )
    + "</WeekDay>"
    for day in range(1, 8)
)
CALENDARS = f"""<Calendars>
<Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>
<WeekDays>{_WEEK}<WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod><FromDate>2027-12-24T00:00:00</FromDate>
<ToDate>2027-12-26T23:59:00</ToDate></TimePeriod></WeekDay></WeekDays>
<Exceptions><Exception><EnteredByOccurrences>0</EnteredByOccurrences><TimePeriod><FromDate>2027-05-01T00:00:00</FromDate>
<ToDate>2027-05-01T23:59:00</ToDate></TimePeriod><Occurrences>1</Occurrences><Name>Open day</Name>
<Type>1</Type><DayWorking>1</DayWorking>
<WorkingTimes><WorkingTime><FromTime>10:00:00</FromTime><ToTime>14:00:00</ToTime></WorkingTime></WorkingTimes></Exception>
<Exception><TimePeriod><FromDate>2027-01-01T00:00:00</FromDate><ToDate>2029-01-01T00:00:00</ToDate></TimePeriod>
<Occurrences>3</Occurrences><Name>New Year</Name>
<Type>2</Type><Month>0</Month><MonthDay>1</MonthDay><DayWorking>0</DayWorking></Exception></Exceptions>
<WorkWeeks><WorkWeek><TimePeriod><FromDate>2027-07-05T00:00:00</FromDate><ToDate>2027-07-30T00:00:00</ToDate></TimePeriod><Name>Summer</Name>
<WeekDays><WeekDay><DayType>6</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays></WorkWeek></WorkWeeks></Calendar>
<Calendar><UID>2</UID><Name>Night</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID><WeekDays><WeekDay>
<DayType>2</DayType><DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>22:00:00</FromTime><ToTime>06:00:00</ToTime></WorkingTime>
</WorkingTimes></WeekDay><WeekDay><DayType>3</DayType><DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>00:00:00</FromTime>
<ToTime>00:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay></WeekDays></Calendar>
<Calendar><UID>3</UID><Name>Ada</Name><IsBaseCalendar>0</IsBaseCalendar><BaseCalendarUID>1</BaseCalendarUID></Calendar></Calendars>"""


def task(uid: int | str, name: str = "", level: int = 1, inside: str = "", **cells: object) -> str:
    """One task; cells by element name."""
    stated = {"UID": uid, "ID": uid, "Name": name, "OutlineLevel": level, "Summary": 0, **cells}
    return f"<Task>{''.join(f'<{key}>{value}</{key}>' for key, value in stated.items())}{inside}</Task>"


def link(uid: int | str, kind: int = 1, lag: int = 0, form: int = 7) -> str:
    """A predecessor."""
    return (
        f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>{kind}</Type><CrossProject>0</CrossProject>"
        f"<LinkLag>{lag}</LinkLag><LagFormat>{form}</LagFormat></PredecessorLink>"
    )


def mspdi(tasks: str = "", rest: str = "", head: str = "", calendars: str = CALENDARS) -> bytes:
    """A whole file."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Project xmlns="{NAMESPACE}"><SaveVersion>14</SaveVersion><Title>Weir</Title>'
        f"<StartDate>2027-03-01T08:00:00</StartDate><FinishDate>2027-04-30T17:00:00</FinishDate><StatusDate>2027-03-15T17:00:00</StatusDate>"
        f"<CalendarUID>1</CalendarUID><CurrencyCode>EUR</CurrencyCode><MinutesPerDay>480</MinutesPerDay>{head}{calendars}"
        f"<Tasks>{tasks}</Tasks>{rest}</Project>"
    ).encode()


BASELINE = (
    "<Baseline><Number>0</Number><Start>2027-03-01T08:00:00</Start><Finish>2027-03-02T17:00:00</Finish><Duration>PT16H0M0S</Duration>"
    "<Work>PT8H0M0S</Work><Cost>50000</Cost></Baseline><Baseline><Number>10</Number><Start>2027-03-03T08:00:00</Start>"
    "<Finish>2027-03-04T17:00:00</Finish></Baseline>"
)
DEFINED = (
    "<ExtendedAttributes><ExtendedAttribute><FieldID>188743731</FieldID><FieldName>Text1</FieldName><Alias>Quarter</Alias><ValueList>"
    "<Value><ID>1</ID><Value>Q1</Value><Description>First</Description></Value></ValueList></ExtendedAttribute></ExtendedAttributes>"
)
WEIR = mspdi(
    head=DEFINED,
    tasks=task(0, "Weir", 0, Summary=1, Cost=999)
    + task(1, "Build", 1, Summary=1, WBS="1")
    + task(
        2,
        "Dig",
        2,
        f"{BASELINE}<ExtendedAttribute><FieldID>188743731</FieldID><Value>Q1</Value></ExtendedAttribute>",
        Type=1,
        WBS="1.1",
        Start="2027-03-01T08:00:00",
        Finish="2027-03-03T17:00:00",
        Duration="PT24H0M0S",
        DurationFormat=7,
        PercentComplete=50,
        PhysicalPercentComplete=40,
        ActualStart="2027-03-01T08:00:00",
        RemainingDuration="PT12H0M0S",
        ConstraintType=4,
        ConstraintDate="2027-03-01T08:00:00",
        Deadline="2027-03-10T17:00:00",
        TotalSlack=-4800,
        FreeSlack=600,
        Critical=1,
        Cost=123456,
        Work="PT16H30M0S",
        Notes="Mind the\npipe",
        CalendarUID=2,
        Priority=700,
        HyperlinkAddress="https://example.org",
        CV="12",
    )
    + task(
        3, "Pour", 2, link(2, 1, 4800), Duration="PT72H0M0S", DurationFormat=8, Active=0, Manual=1, Start="2027-03-05T08:00:00"
    )
    + task(
        4,
        "Cure",
        2,
        link(3, 3, 50, 19) + link(2, 0, -2400, 5),
        Duration="PT8H0M0S",
        DurationFormat=39,
        Finish="2027-04-02T17:00:00",
    )
    + task(5, "Open", 1, link(4, 2, 14400, 8), Milestone=1, Duration="PT0H0M0S"),
    rest=(
        "<Resources><Resource><UID>0</UID><ID>0</ID><Type>1</Type></Resource><Resource><UID>1</UID><Name>Ada</Name><Type>1</Type>"
        "<Initials>A</Initials><EmailAddress>ada@example.org</EmailAddress><MaxUnits>0.5</MaxUnits><CalendarUID>3</CalendarUID><Rates><Rate>"
        "<RatesFrom>2027-01-01T00:00:00</RatesFrom><RateTable>0</RateTable><StandardRate>80.5</StandardRate><OvertimeRate>100</OvertimeRate>"
        "<CostPerUse>1500</CostPerUse></Rate><Rate><RatesFrom>2027-01-01T00:00:00</RatesFrom><RateTable>1</RateTable><StandardRate>90"
        "</StandardRate></Rate></Rates></Resource><Resource><UID>2</UID><Name>Concrete</Name><Type>0</Type><MaterialLabel>m3</MaterialLabel>"
        "<StandardRate>120</StandardRate></Resource></Resources>"
        "<Assignments><Assignment><UID>1</UID><TaskUID>2</TaskUID><ResourceUID>1</ResourceUID><Units>0.5</Units><Work>PT16H30M0S</Work>"
        "<ActualWork>PT8H0M0S</ActualWork><Cost>123456</Cost><CostRateTable>1</CostRateTable><TimephasedData><Type>1</Type><UID>1</UID>"
        "<Start>2027-03-01T08:00:00</Start><Finish>2027-03-02T08:00:00</Finish><Unit>2</Unit><Value>PT8H0M0S</Value></TimephasedData>"
        "</Assignment><Assignment><UID>2</UID><TaskUID>3</TaskUID><ResourceUID>2</ResourceUID><Units>1</Units><Work>PT12H0M0S</Work>"
        "</Assignment><Assignment><UID>3</UID><TaskUID>4</TaskUID><ResourceUID>-65535</ResourceUID></Assignment></Assignments>"
    ),
)

WORKING = "(0||0(s|08:00|f|12:00)()) (0||1(s|13:00|f|17:00)())"
CLNDR_DATA = (
    f"(0||CalendarData()( (0||DaysOfWeek()( (0||1()()) (0||2()( {WORKING} )) (0||3()( {WORKING} )) (0||4()( {WORKING} ))\x7f\x7f"
    f"(0||5()( (0||0(s|22:00|f|06:00)()) )) (0||6()( {WORKING} )) (0||7()()) )) (0||VIEW(ShowTotal|Y)())"
    "(0||Exceptions()( (0||0(d|43650)()) (0||1(d|43651)( (0||0(s|09:00|f|12:30)()) )) )) ))"
)

Tables = dict[str, list[dict[str, str]]]


def xer(tables: Tables, end: str = "%E", line: str = "\r\n", encoding: str = "cp1252") -> bytes:
    """Tables as a file: the columns of a table are those of its first row."""
    lines = ["ERMHDR\t18.8\t2027-03-15\tProject\tadmin\tAdmin\tdb\tProject Management\tEUR"]
    for name, rows in tables.items():
        lines += [f"%T\t{name}", "%F\t" + "\t".join(rows[0])] if rows else []
        lines += ["%R\t" + "\t".join(row.get(column, "") for column in rows[0]) for row in rows]
    return line.join([*lines, end, ""]).encode(encoding)


def activity(number: int, wbs: str, name: str, **cells: str) -> dict[str, str]:
    """One row of TASK, with all columns that matter."""
    row = {"task_id": str(number), "proj_id": "1", "wbs_id": wbs, "clndr_id": "7", "task_code": f"A{number}", "task_name": name}
    row |= {"task_type": "TT_Task", "duration_type": "DT_FixedDrtn", "status_code": "TK_NotStart", "complete_pct_type": "CP_Drtn"}
    row |= {"phys_complete_pct": "0", "target_drtn_hr_cnt": "40", "remain_drtn_hr_cnt": "40", "total_float_hr_cnt": "0"}
    row |= {"free_float_hr_cnt": "0", "act_work_qty": "0", "remain_work_qty": "0", "priority_type": "PT_Normal", "cstr_type": ""}
    row |= {"cstr_date": "", "cstr_type2": "", "cstr_date2": "", "act_start_date": "", "act_end_date": ""}
    row |= {"early_start_date": "2027-03-01 08:00", "early_end_date": "2027-03-05 17:00", "target_start_date": "2027-03-01 08:00"}
    row |= {"target_end_date": "2027-03-05 17:00", "expect_end_date": "", "driving_path_flag": "N", "review_type": ""}
    return row | cells


def harbour() -> Tables:
    """Two projects that share calendars and resources, with every table that is read, and one that is not."""
    return {
        "CURRTYPE": [{"curr_id": "1", "curr_short_name": "EUR"}],
        "PROJECT": [
            {"proj_id": "1", "proj_short_name": "HARB", "clndr_id": "7", "plan_start_date": "2027-03-01 08:00"}
            | {"scd_end_date": "2027-06-30 17:00", "last_recalc_date": "2027-03-15 00:00", "critical_path_type": "CT_TotFloat"}
            | {"critical_drtn_hr_cnt": "8", "orig_proj_id": "", "def_cost_per_qty": "100"},
            {"proj_id": "2", "proj_short_name": "QUAY", "critical_path_type": "CT_DrivPath", "orig_proj_id": "99"},
        ],
        "CALENDAR": [
            {
                "clndr_id": "7",
                "default_flag": "Y",
                "clndr_name": "Five days",
                "proj_id": "",
                "base_clndr_id": "",
                "day_hr_cnt": "8",
            }
            | {"week_hr_cnt": "40", "clndr_data": CLNDR_DATA},
            {"clndr_id": "8", "default_flag": "N", "clndr_name": "Broken", "clndr_data": "(0||CalendarData()((0||DaysOfWeek()("},
        ],
        "SCHEDOPTIONS": [{"schedoptions_id": "1", "proj_id": "1", "sched_retained_logic": "Y"}],
        "PROJWBS": [
            {"wbs_id": "10", "proj_id": "1", "parent_wbs_id": "999", "wbs_name": "Harbour", "wbs_short_name": "H", "seq_num": "1"}
            | {"proj_node_flag": "Y"},
            {"wbs_id": "12", "proj_id": "1", "parent_wbs_id": "10", "wbs_name": "Sea", "wbs_short_name": "2", "seq_num": "20"},
            {"wbs_id": "11", "proj_id": "1", "parent_wbs_id": "10", "wbs_name": "Land", "wbs_short_name": "1", "seq_num": "3"},
            {"wbs_id": "20", "proj_id": "2", "wbs_name": "Quay", "wbs_short_name": "Q", "proj_node_flag": "Y"},
        ],
        "TASK": [
            activity(10, "12", "Dredge – “deep”", total_float_hr_cnt="8.5", cstr_type="CS_MSOA", cstr_date="2027-03-01 08:00"),
            activity(
                2,
                "11",
                "Survey",
                status_code="TK_Active",
                remain_drtn_hr_cnt="10",
                act_start_date="2027-03-02 08:00",
                act_work_qty="6",
            )
            | {"total_float_hr_cnt": "8", "remain_work_qty": "2.5"},
            activity(3, "11", "Start", task_type="TT_Mile", target_drtn_hr_cnt="0", status_code="TK_Complete")
            | {"act_start_date": "2027-02-01 08:00", "act_end_date": "2027-02-01 08:00", "review_type": "RV_OK"},
            activity(4, "11", "Supervise", task_type="TT_LOE", total_float_hr_cnt="-16", cstr_type2="CS_MEOB")
            | {"cstr_date2": "2027-06-30 17:00"},
            activity(5, "20", "Pave", proj_id="2", driving_path_flag="Y", total_float_hr_cnt="80"),
        ],
        "TASKPRED": [
            {"task_pred_id": "1", "task_id": "10", "pred_task_id": "2", "pred_type": "PR_FS", "lag_hr_cnt": "-4"},
            {"task_pred_id": "2", "task_id": "2", "pred_task_id": "3", "pred_type": "PR_SS", "lag_hr_cnt": "0"},
            {"task_pred_id": "3", "task_id": "4", "pred_task_id": "10", "pred_type": "PR_FF", "lag_hr_cnt": "0"},
            {"task_pred_id": "4", "task_id": "5", "pred_task_id": "4", "pred_type": "PR_SF", "lag_hr_cnt": "1.5"},
        ],
        "RSRC": [
            {"rsrc_id": "1", "rsrc_name": "Ada", "rsrc_short_name": "A", "rsrc_type": "RT_Labor", "clndr_id": "7"},
            {"rsrc_id": "2", "rsrc_name": "Sand", "rsrc_short_name": "S", "rsrc_type": "RT_Mat"},
        ],
        "RSRCRATE": [
            {
                "rsrc_rate_id": "1",
                "rsrc_id": "1",
                "max_qty_per_hr": "0.5",
                "cost_per_qty": "80.25",
                "start_date": "2027-01-01 00:00",
            }
            | {"cost_per_qty2": "90"},
        ],
        "ROLES": [{"role_id": "5", "role_name": "Diver", "role_short_name": "D"}],
        "TASKRSRC": [
            {"taskrsrc_id": "1", "task_id": "2", "proj_id": "1", "rsrc_id": "1", "role_id": "", "target_qty_per_hr": "0.5"}
            | {"act_reg_qty": "6", "act_ot_qty": "0", "remain_qty": "2.5", "act_reg_cost": "481.50", "act_ot_cost": "0"}
            | {"remain_cost": "200.625", "rate_type": "COST_PER_QTY2"},
            {"taskrsrc_id": "2", "task_id": "10", "proj_id": "1", "rsrc_id": "2", "remain_qty": "30", "remain_cost": "900"},
            {"taskrsrc_id": "3", "task_id": "10", "proj_id": "1", "role_id": "5", "remain_qty": "8", "remain_cost": "0"},
        ],
        "PROJCOST": [{"cost_item_id": "1", "task_id": "10", "cost_name": "Permit", "act_cost": "50", "remain_cost": "25"}],
        "ACTVTYPE": [{"actv_code_type_id": "3", "actv_code_type": "Phase"}],
        "ACTVCODE": [{"actv_code_id": "31", "actv_code_type_id": "3", "actv_code_name": "Design phase", "short_name": "DES"}],
        "TASKACTV": [{"task_id": "2", "actv_code_type_id": "3", "actv_code_id": "31", "proj_id": "1"}],
        "UDFTYPE": [
            {
                "udf_type_id": "4",
                "table_name": "TASK",
                "udf_type_name": "user1",
                "udf_type_label": "Depth",
                "logical_data_type": "FT_FLOAT_2_DECIMALS",
            }
        ],
        "UDFVALUE": [{"udf_type_id": "4", "fk_id": "10", "proj_id": "1", "udf_text": "", "udf_number": "12.5"}],
        "MEMOTYPE": [{"memo_type_id": "6", "memo_type": "Risks"}],
        "TASKMEMO": [{"memo_id": "1", "task_id": "10", "memo_type_id": "6", "task_memo": "Wrecks\x7f\x7fand mud"}],
    }
