"""The baseline: a bare FastAPI POST with the scan's request and response models, full answer."""

import json
import os

from fastapi import FastAPI

from api.verifications import VerificationRequest, VerificationResponse

app = FastAPI(openapi_url=None)
ANSWER = VerificationResponse.model_validate(json.loads(os.environ["MENSHEN_BENCHMARK_ANSWER"]))


@app.post("/v1/verifications")
async def verify(_asked: VerificationRequest) -> VerificationResponse:
    """Answer at once."""
    return ANSWER
