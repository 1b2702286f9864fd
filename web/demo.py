"""`/demo`: staff phone and customer phone side by side, with buttons for the attacks."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from service import demo
from web.pages import render, runtime_of
from web.sessions import assert_demo, assert_same_site, log_in

router = APIRouter()


@router.get("/demo")
async def show(request: Request) -> Response:
    """Show both phones; the staff phone belongs to the demo's visitor and enrols itself."""
    runtime = runtime_of(request)
    assert_demo(runtime)
    await demo.restore(runtime)
    page = render(
        request,
        "demo.html",
        enrolment_code=await demo.enrolment_code(runtime),
        notice_code=await demo.notice_code(runtime),
        other_notice_code=await demo.other_notice_code(runtime),
    )
    log_in(page, runtime, demo.VISITOR)
    return page


@router.post("/demo/suspend")
async def suspend(request: Request) -> Response:
    """Suspend the visitor."""
    runtime = runtime_of(request)
    assert_demo(runtime)
    assert_same_site(request, runtime)
    await demo.suspend(runtime)
    return JSONResponse({"status": "suspended"})


@router.post("/demo/restore")
async def restore(request: Request) -> Response:
    """Let the visitor work again."""
    runtime = runtime_of(request)
    assert_demo(runtime)
    assert_same_site(request, runtime)
    await demo.restore(runtime)
    return JSONResponse({"status": "active"})
