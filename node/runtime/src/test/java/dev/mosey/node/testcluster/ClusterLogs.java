package dev.mosey.node.testcluster;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * On a test class with {@link TestCluster}s: prints what the nodes wrote when a test fails, and
 * ends clusters that are still open after the last one.
 */
public final class ClusterLogs implements AfterTestExecutionCallback, AfterAllCallback {
  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.err.println(context.getDisplayName() + " failed; the nodes wrote:");
      System.err.println(TestCluster.logs());
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    TestCluster.closeAll();
  }
}
